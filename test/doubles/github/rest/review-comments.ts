import {
  createReviewComment,
  deleteReviewComment,
  replyToReviewComment,
  updateReviewComment,
  type CommentPlace,
} from "../operations/review-comments.ts";
import { serializeReviewComment } from "../serialize/review.ts";
import { visibleComments, type ReviewComment } from "../state/pulls.ts";
import { repositoryOf } from "./access.ts";
import { optionalInteger, requiredText } from "./body.ts";
import { oneOf, pullOf, reviewCommentOf, sortedBy } from "./lookup.ts";
import { paginated } from "./paginate.ts";
import { route, type RestAnswer, type RestRequest, type Route } from "./router.ts";

const resource = "PullRequestReviewComment";
const sides = ["LEFT", "RIGHT"] as const;
const read = { pull_requests: "read" } as const;
const write = { pull_requests: "write" } as const;
const ofPull = "/repos/{owner}/{repo}/pulls/{pull_number}/comments";
const one = "/repos/{owner}/{repo}/pulls/comments/{comment_id}";

export const routes: Route[] = [
  route("GET", ofPull, {
    permission: read,
    handler: (request) => listed(request, visibleComments(request.github.state, pullOf(request).id)),
  }),
  route("POST", ofPull, {
    permission: write,
    role: "read",
    handler: async (request) => {
      const { github, actor, body } = request;
      const pull = pullOf(request);
      const text = requiredText(body, "body", resource);
      const inReplyTo = optionalInteger(body, "in_reply_to", resource);
      const comment =
        inReplyTo === undefined
          ? await createReviewComment(github, actor, pull, {
              ...placeIn(body),
              body: text,
              commitId: requiredText(body, "commit_id", resource),
            })
          : replyToReviewComment(github, actor, pull, inReplyTo, text);
      return created(request, comment);
    },
  }),
  route("POST", `${ofPull}/{comment_id}/replies`, {
    permission: write,
    role: "read",
    handler: (request) => {
      const { github, actor, body, params } = request;
      const text = requiredText(body, "body", resource);
      return created(request, replyToReviewComment(github, actor, pullOf(request), Number(params["comment_id"]), text));
    },
  }),
  route("GET", "/repos/{owner}/{repo}/pulls/comments", {
    permission: read,
    handler: (request) => {
      const repository = repositoryOf(request);
      const pulls = request.github.state.pulls.filter((pull) => pull.repoId === repository.id);
      return listed(
        request,
        pulls.flatMap((pull) => visibleComments(request.github.state, pull.id)),
      );
    },
  }),
  route("GET", one, {
    permission: read,
    handler: (request) => ({ status: 200, body: serializeReviewComment(request.github, reviewCommentOf(request)) }),
  }),
  route("PATCH", one, {
    permission: write,
    role: "read",
    handler: (request) => {
      const text = requiredText(request.body, "body", resource);
      const comment = updateReviewComment(request.github, request.actor, reviewCommentOf(request), text);
      return { status: 200, body: serializeReviewComment(request.github, comment) };
    },
  }),
  route("DELETE", one, {
    permission: write,
    role: "read",
    handler: (request) => {
      deleteReviewComment(request.github, request.actor, reviewCommentOf(request));
      return { status: 204 };
    },
  }),
];

/** Reads where a comment is to be from a request body, or from one entry of a review's `comments`. */
export function placeIn(body: Record<string, unknown>): CommentPlace {
  const line = optionalInteger(body, "line", resource);
  const side = oneOf(body["side"], sides, "side", resource);
  const startLine = optionalInteger(body, "start_line", resource);
  const startSide = oneOf(body["start_side"] === "side" ? side : body["start_side"], sides, "start_side", resource);
  const position = optionalInteger(body, "position", resource);
  const subjectType = oneOf(body["subject_type"], ["line", "file"], "subject_type", resource);
  return {
    path: requiredText(body, "path", resource),
    ...(line !== undefined && { line }),
    ...(side && { side }),
    ...(startLine !== undefined && { startLine }),
    ...(startSide && { startSide }),
    ...(position !== undefined && { position }),
    ...(subjectType && { subjectType }),
  };
}

function created({ github }: RestRequest, comment: ReviewComment): RestAnswer {
  const shown = serializeReviewComment(github, comment);
  return { status: 201, body: shown, headers: { Location: shown.url } };
}

function listed(request: RestRequest, comments: ReviewComment[]): Promise<RestAnswer> {
  const { github, query } = request;
  const since = query["since"] === undefined ? Number.NEGATIVE_INFINITY : Date.parse(query["since"]);
  const found = comments.filter((comment) => Date.parse(comment.updatedAt) >= since);
  const key = (comment: ReviewComment) => (query["sort"] === "updated" ? comment.updatedAt : comment.createdAt);
  return paginated(request, sortedBy(found, key, query["direction"] ?? "asc"), (comment) =>
    serializeReviewComment(github, comment),
  );
}
