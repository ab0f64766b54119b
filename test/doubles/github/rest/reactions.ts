import { react, unreact } from "../operations/reactions.ts";
import { serializeReaction } from "../serialize/reaction.ts";
import { reactionContents, reactionsOn, type ReactionSubject } from "../state/issues.ts";
import { issueCommentOf, issueOf, oneOf, reviewCommentOf } from "./lookup.ts";
import { paginated } from "./paginate.ts";
import { validationFailed } from "./problem.ts";
import { route, type RestRequest, type Route } from "./router.ts";

const read = { issues: "read", pull_requests: "read" } as const;
const write = { issues: "write", pull_requests: "write" } as const;

export const routes: Route[] = [
  ...routesFor("/repos/{owner}/{repo}/issues/{issue_number}", "issue", (request) => issueOf(request).id),
  ...routesFor(
    "/repos/{owner}/{repo}/issues/comments/{comment_id}",
    "issueComment",
    (request) => issueCommentOf(request).id,
  ),
  ...routesFor(
    "/repos/{owner}/{repo}/pulls/comments/{comment_id}",
    "reviewComment",
    (request) => reviewCommentOf(request).id,
  ),
];

function routesFor(pattern: string, subject: ReactionSubject, idOf: (request: RestRequest) => number): Route[] {
  return [
    route("GET", `${pattern}/reactions`, {
      permission: read,
      handler: (request) => {
        const { github, query } = request;
        const content = oneOf(query["content"], reactionContents, "content", "Reaction");
        const all = reactionsOn(github.state, subject, idOf(request));
        const found = all.filter((reaction) => content === undefined || reaction.content === content);
        return paginated(request, found, (reaction) => serializeReaction(github, reaction));
      },
    }),
    route("POST", `${pattern}/reactions`, {
      permission: write,
      role: "read",
      handler: (request) => {
        const { github, actor, body } = request;
        const content = oneOf(body["content"], reactionContents, "content", "Reaction");
        if (content === undefined)
          throw validationFailed({ resource: "Reaction", field: "content", code: "missing_field" });
        const { reaction, created } = react(github, actor, subject, idOf(request), content);
        return { status: created ? 201 : 200, body: serializeReaction(github, reaction) };
      },
    }),
    route("DELETE", `${pattern}/reactions/{reaction_id}`, {
      permission: write,
      role: "read",
      handler: (request) => {
        unreact(request.github, request.actor, subject, idOf(request), Number(request.params["reaction_id"]));
        return { status: 204 };
      },
    }),
  ];
}
