import { createComment, deleteComment, updateComment } from "../operations/comments.ts";
import { serializeIssueComment } from "../serialize/issue.ts";
import { commentsOf, type IssueComment } from "../state/issues.ts";
import { repositoryOf } from "./access.ts";
import { optionalText } from "./body.ts";
import { issueCommentOf, issueOf, sortedBy } from "./lookup.ts";
import { paginated } from "./paginate.ts";
import { HttpProblem } from "./problem.ts";
import { route, type RestRequest, type Route } from "./router.ts";

const read = { issues: "read", pull_requests: "read" } as const;
const write = { issues: "write", pull_requests: "write" } as const;

export const routes: Route[] = [
  route("GET", "/repos/{owner}/{repo}/issues/{issue_number}/comments", {
    permission: read,
    handler: (request) => {
      const comments = commentsOf(request.github.state, issueOf(request).id).filter(notBefore(request.query["since"]));
      return paginated(request, comments, (comment) => serializeIssueComment(request.github, comment));
    },
  }),
  route("POST", "/repos/{owner}/{repo}/issues/{issue_number}/comments", {
    permission: write,
    role: "read",
    handler: (request) => {
      const issue = issueOf(request);
      if (issue.locked) throw new HttpProblem(403, "Unable to create comment because issue is locked.");
      const comment = createComment(request.github, request.actor, issue, textOf(request));
      const shown = serializeIssueComment(request.github, comment);
      return { status: 201, body: shown, headers: { Location: shown.url } };
    },
  }),
  route("GET", "/repos/{owner}/{repo}/issues/comments", {
    permission: read,
    handler: (request) => {
      const { github, query } = request;
      const repository = repositoryOf(request);
      const all = github.state.issueComments.filter((comment) => comment.repoId === repository.id);
      const found = all.filter(notBefore(query["since"]));
      const key = (comment: IssueComment) => (query["sort"] === "updated" ? comment.updatedAt : comment.createdAt);
      const sorted = query["sort"] === undefined ? found : sortedBy(found, key, query["direction"]);
      return paginated(request, sorted, (comment) => serializeIssueComment(github, comment));
    },
  }),
  route("GET", "/repos/{owner}/{repo}/issues/comments/{comment_id}", {
    permission: read,
    handler: (request) => ({ status: 200, body: serializeIssueComment(request.github, issueCommentOf(request)) }),
  }),
  route("PATCH", "/repos/{owner}/{repo}/issues/comments/{comment_id}", {
    permission: write,
    role: "read",
    handler: (request) => {
      const comment = updateComment(request.github, request.actor, issueCommentOf(request), textOf(request));
      return { status: 200, body: serializeIssueComment(request.github, comment) };
    },
  }),
  route("DELETE", "/repos/{owner}/{repo}/issues/comments/{comment_id}", {
    permission: write,
    role: "read",
    handler: (request) => {
      const comment = issueCommentOf(request);
      deleteComment(request.github, request.actor, comment);
      return { status: 204 };
    },
  }),
];

function textOf({ body }: RestRequest): string {
  return optionalText(body, "body", "IssueComment") ?? "";
}

function notBefore(since: string | undefined): (thing: { updatedAt: string }) => boolean {
  const from = since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(since);
  return (thing) => Date.parse(thing.updatedAt) >= from;
}
