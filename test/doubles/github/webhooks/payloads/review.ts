import type { Actor } from "../../auth.ts";
import { requireAccount } from "../../rest/access.ts";
import { serializePullSimple } from "../../serialize/pull.ts";
import { serializeReview, serializeReviewComment } from "../../serialize/review.ts";
import type { GitHub } from "../../state/github.ts";
import { pullById, type Review, type ReviewComment, type ReviewThread } from "../../state/pulls.ts";
import { repositoryById } from "../../state/repositories.ts";

/** `pull_request_review.ACTION`. In deliveries the state is written in lower case. */
export function emitReview(
  github: GitHub,
  actor: Actor,
  action: "submitted" | "edited" | "dismissed",
  review: Review,
  extra: Record<string, unknown> = {},
): void {
  const shown = serializeReview(github, review);
  const body = { ...shown, body: review.body || null, state: review.state.toLowerCase(), updated_at: review.updatedAt };
  emitOnPull(github, actor, "pull_request_review", action, review.pullId, { review: body, ...extra });
}

/** `pull_request_review_comment.ACTION`: one for each line comment. */
export function emitReviewComment(
  github: GitHub,
  actor: Actor,
  action: "created" | "edited" | "deleted",
  comment: ReviewComment,
  extra: Record<string, unknown> = {},
): void {
  const payload = { comment: serializeReviewComment(github, comment), ...extra };
  emitOnPull(github, actor, "pull_request_review_comment", action, comment.pullId, payload);
}

/** `pull_request_review_thread.resolved | unresolved`. */
export function emitReviewThread(
  github: GitHub,
  actor: Actor,
  action: "resolved" | "unresolved",
  thread: ReviewThread,
): void {
  const comments = github.state.reviewComments.filter((comment) => comment.threadId === thread.id);
  const payload = {
    thread: {
      node_id: github.nodeId("PullRequestReviewThread", thread.id),
      comments: comments.map((comment) => serializeReviewComment(github, comment)),
    },
  };
  emitOnPull(github, actor, "pull_request_review_thread", action, thread.pullId, payload);
}

function emitOnPull(
  github: GitHub,
  actor: Actor,
  event: string,
  action: string,
  pullId: number,
  payload: Record<string, unknown>,
): void {
  const pull = pullById(github.state, pullId);
  github.emit({
    event,
    action,
    repository: repositoryById(github.state, pull.repoId),
    sender: requireAccount(github, actor),
    payload: { pull_request: serializePullSimple(github, pull), ...payload },
  });
}
