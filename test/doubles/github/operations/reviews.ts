import type { Actor } from "../auth.ts";
import { requireAccount } from "../rest/access.ts";
import { HttpProblem } from "../rest/problem.ts";
import type { GitHub } from "../state/github.ts";
import { issueById } from "../state/issues.ts";
import { pullById, reviewsOf, type Pull, type Review, type ReviewState } from "../state/pulls.ts";
import { repositoryById } from "../state/repositories.ts";
import { emitReview, emitReviewComment } from "../webhooks/payloads/review.ts";
import { mayAct } from "./acting.ts";
import { tryAutoMerge } from "./auto-merge.ts";
import { newCommentRow, placeComment, type CommentPlace } from "./review-comments.ts";
import { newReviewRow } from "./review-row.ts";

export type ReviewEvent = "APPROVE" | "REQUEST_CHANGES" | "COMMENT";

export interface NewReview {
  body?: string;
  commitId?: string;
  /** without it the review stays pending, seen by its author only */
  event?: ReviewEvent;
  comments?: (CommentPlace & { body: string })[];
}

const stateAfter: Record<ReviewEvent, ReviewState> = {
  APPROVE: "APPROVED",
  REQUEST_CHANGES: "CHANGES_REQUESTED",
  COMMENT: "COMMENTED",
};

/**
 * Writes a review with its line comments, whole or not at all. Submitted with N comments it gives N+1 events.
 * Throws 422 when a line is not in the diff, on one's own pull, without words, or when a pending one exists.
 */
export async function createReview(github: GitHub, actor: Actor, pull: Pull, input: NewReview): Promise<Review> {
  const account = requireAccount(github, actor);
  const comments = input.comments ?? [];
  if (input.event) checkEvent(github, pull, account.id, input.event, input.body ?? "", comments.length);
  const isPending = (review: Review) => review.state === "PENDING" && review.userId === account.id;
  if (reviewsOf(github.state, pull.id).some(isPending))
    throw unprocessable("User can only have one pending review per pull request");
  const commitId = input.commitId ?? pull.head.sha;
  if ((await github.git({ id: pull.repoId }).objectType(commitId)) !== "commit")
    throw unprocessable("commit_id is not part of the pull request");
  const places = await Promise.all(comments.map((comment) => placeComment(github, pull, comment)));
  const problems = places.flatMap((place) => ("problem" in place ? [place.problem] : []));
  if (problems.length > 0) throw unprocessable(...problems);
  const review = newReviewRow(github, actor, pull, { body: input.body ?? "", state: "PENDING", commitId });
  for (const [index, place] of places.entries())
    if (!("problem" in place)) newCommentRow(github, review, place, comments[index]?.body ?? "");
  if (input.event) await submit(github, actor, review, input.event);
  return review;
}

/** Submits a pending review; `body` replaces its text when given. */
export async function submitReview(
  github: GitHub,
  actor: Actor,
  review: Review,
  input: { event: ReviewEvent; body?: string },
): Promise<Review> {
  requireOwn(github, actor, review);
  if (review.state !== "PENDING") throw unprocessable("Can not submit a review that is not pending");
  const pull = pullById(github.state, review.pullId);
  const count = github.state.reviewComments.filter((comment) => comment.reviewId === review.id).length;
  const body = input.body ?? review.body;
  checkEvent(github, pull, review.userId, input.event, body, count);
  review.body = body;
  await submit(github, actor, review, input.event);
  return review;
}

async function submit(github: GitHub, actor: Actor, review: Review, event: ReviewEvent): Promise<void> {
  const pull = pullById(github.state, review.pullId);
  review.state = stateAfter[event];
  review.submittedAt = github.timestamp();
  review.updatedAt = review.submittedAt;
  issueById(github.state, pull.issueId).updatedAt = review.submittedAt;
  pull.requestedReviewerIds = pull.requestedReviewerIds.filter((id) => id !== review.userId);
  emitReview(github, actor, "submitted", review);
  for (const comment of github.state.reviewComments)
    if (comment.reviewId === review.id) emitReviewComment(github, actor, "created", comment);
  await tryAutoMerge(github, pull);
}

function checkEvent(
  github: GitHub,
  pull: Pull,
  userId: number,
  event: ReviewEvent,
  body: string,
  comments: number,
): void {
  const isOwn = issueById(github.state, pull.issueId).userId === userId;
  if (isOwn && event === "APPROVE") throw unprocessable("Can not approve your own pull request");
  if (isOwn && event === "REQUEST_CHANGES") throw unprocessable("Can not request changes on your own pull request");
  if (body.trim() === "" && event === "REQUEST_CHANGES") throw unprocessable("Body can not be blank");
  if (body.trim() === "" && event === "COMMENT" && comments === 0) throw unprocessable("Body can not be blank");
}

/** Changes the text of a review. */
export function updateReview(github: GitHub, actor: Actor, review: Review, body: string): Review {
  requireOwn(github, actor, review);
  const from = review.body;
  review.body = body;
  review.updatedAt = github.timestamp();
  if (review.state !== "PENDING" && from !== body)
    emitReview(github, actor, "edited", review, { changes: { body: { from } } });
  return review;
}

/** Sets an approval or a request for changes aside. Throws 422 for others, 403 without write access. */
export function dismissReview(github: GitHub, actor: Actor, review: Review): Review {
  if (!mayAct(github, actor, repositoryById(github.state, review.repoId), "write", ["pull_requests"]))
    throw new HttpProblem(403, "Must have write access to dismiss a review.");
  if (review.state !== "APPROVED" && review.state !== "CHANGES_REQUESTED")
    throw unprocessable("Can not dismiss a commented pull request review");
  review.state = "DISMISSED";
  review.updatedAt = github.timestamp();
  emitReview(github, actor, "dismissed", review);
  return review;
}

/** Throws away a pending review and its comments. Throws 422 when it was submitted. */
export function deletePendingReview(github: GitHub, actor: Actor, review: Review): Review {
  requireOwn(github, actor, review);
  if (review.state !== "PENDING") throw unprocessable("Can not delete a non-pending pull request review");
  const { state } = github;
  state.reviews.splice(state.reviews.indexOf(review), 1);
  const gone = state.reviewComments.filter((comment) => comment.reviewId === review.id);
  state.reviewComments = state.reviewComments.filter((comment) => comment.reviewId !== review.id);
  const empty = new Set(gone.map((comment) => comment.threadId));
  for (const comment of state.reviewComments) empty.delete(comment.threadId);
  state.reviewThreads = state.reviewThreads.filter((thread) => !empty.has(thread.id));
  return review;
}

function requireOwn(github: GitHub, actor: Actor, review: Review): void {
  if (review.userId !== requireAccount(github, actor).id) throw new HttpProblem(403, "Resource not accessible");
}

function unprocessable(...problems: string[]): HttpProblem {
  return new HttpProblem(422, "Unprocessable Entity", problems);
}
