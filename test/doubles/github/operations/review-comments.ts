import type { Actor } from "../auth.ts";
import { HttpProblem, validationFailed } from "../rest/problem.ts";
import type { GitHub } from "../state/github.ts";
import type { Pull, Review, ReviewComment, Side } from "../state/pulls.ts";
import { emitReviewComment } from "../webhooks/payloads/review.ts";
import { checkBody, requireAuthorOrWriter } from "./comments.ts";
import { diffLines, hunkUpTo, lineOfDiff } from "./diff-lines.ts";
import { pullDiff } from "./pull-diff.ts";
import { newReviewRow } from "./review-row.ts";

/** Where a line comment is to be. `position` counts lines below the first hunk header: the old way, still taken. */
export interface CommentPlace {
  path: string;
  line?: number;
  side?: Side;
  startLine?: number;
  startSide?: Side;
  position?: number;
  subjectType?: "line" | "file";
}

type Placed = Pick<
  ReviewComment,
  | "path"
  | "subjectType"
  | "side"
  | "line"
  | "originalLine"
  | "startLine"
  | "originalStartLine"
  | "startSide"
  | "position"
  | "originalPosition"
  | "diffHunk"
>;

/** Finds the place in the pull's diff, or says in GitHub's words why there is none. */
export async function placeComment(
  github: GitHub,
  pull: Pull,
  place: CommentPlace,
): Promise<Placed | { problem: string }> {
  const { files } = await pullDiff(github, pull);
  const file = files.find((one) => one.path === place.path);
  if (!file) return { problem: "Path could not be resolved" };
  const none = { originalStartLine: null, startLine: null, startSide: null };
  if (place.subjectType === "file") {
    const nowhere = { line: null, originalLine: null, position: null, originalPosition: 1, diffHunk: "" };
    return { path: place.path, subjectType: "file", side: "RIGHT", ...nowhere, ...none };
  }
  const patch = file.patch ?? "";
  const lines = diffLines(patch);
  const side = place.side ?? "RIGHT";
  const end =
    place.line === undefined
      ? (lines.find((one) => one.position === place.position) ?? null)
      : lineOfDiff(lines, side, place.line);
  if (!end)
    return { problem: place.line === undefined ? "Position could not be resolved" : "Line could not be resolved" };
  const endSide = place.line === undefined && end.right === null ? "LEFT" : side;
  const line = endSide === "LEFT" ? end.left : end.right;
  const placed = { path: place.path, subjectType: "line" as const, side: endSide, line, originalLine: line };
  const found = { ...placed, position: end.position, originalPosition: end.position, diffHunk: hunkUpTo(patch, end) };
  if (place.startLine === undefined) return { ...found, ...none };
  const startSide = place.startSide ?? side;
  const start = lineOfDiff(lines, startSide, place.startLine);
  if (!start) return { problem: "Start line could not be resolved" };
  if (start.position >= end.position) return { problem: "Start line must precede the end line" };
  if (start.hunk !== end.hunk) return { problem: "Start line must be part of the same hunk as the line." };
  return { ...found, startLine: place.startLine, originalStartLine: place.startLine, startSide };
}

/** Adds a comment at a place that was found, as the first of a new thread. Emits nothing. */
export function newCommentRow(github: GitHub, review: Review, placed: Placed, body: string): ReviewComment {
  const thread = {
    id: github.nextId(),
    repoId: review.repoId,
    pullId: review.pullId,
    resolvedById: null,
    resolvedAt: null,
  };
  github.state.reviewThreads.push(thread);
  return pushComment(github, review, { ...placed, threadId: thread.id, inReplyToId: null, body });
}

function pushComment(
  github: GitHub,
  review: Review,
  rest: Placed & Pick<ReviewComment, "threadId" | "inReplyToId" | "body">,
): ReviewComment {
  const now = github.timestamp();
  const comment: ReviewComment = {
    ...rest,
    id: github.nextId(),
    repoId: review.repoId,
    pullId: review.pullId,
    reviewId: review.id,
    userId: review.userId,
    commitId: review.commitId,
    originalCommitId: review.commitId,
    minimizedReason: null,
    createdAt: now,
    updatedAt: now,
  };
  github.state.reviewComments.push(comment);
  return comment;
}

/** One line comment by itself: GitHub makes a review of its own for it, and one event. Throws 422 when the line is not in the diff. */
export async function createReviewComment(
  github: GitHub,
  actor: Actor,
  pull: Pull,
  input: CommentPlace & { body: string; commitId: string },
): Promise<ReviewComment> {
  checkBody("PullRequestReviewComment", input.body);
  const placed = await placeComment(github, pull, input);
  if ("problem" in placed) throw notInDiff(placed.problem);
  if (input.commitId !== pull.head.sha && !(await isCommitOf(github, pull, input.commitId)))
    throw validationFailed({ resource: "PullRequestReviewComment", code: "invalid", field: "commit_id" });
  const review = newReviewRow(github, actor, pull, { body: "", state: "COMMENTED", commitId: input.commitId });
  const comment = newCommentRow(github, review, placed, input.body);
  emitReviewComment(github, actor, "created", comment);
  return comment;
}

function notInDiff(problem: string): HttpProblem {
  const resource = "PullRequestReviewComment";
  const isPath = problem.startsWith("Path");
  const field = isPath ? "pull_request_review_thread.path" : "pull_request_review_thread.line";
  const hunk = "pull_request_review_thread.diff_hunk";
  return validationFailed(
    {
      resource,
      code: isPath ? "invalid" : "custom",
      field,
      message: isPath ? `${field} is invalid` : `${field} must be part of the diff`,
    },
    { resource, code: "missing_field", field: hunk, message: `${hunk} can't be blank` },
  );
}

async function isCommitOf(github: GitHub, pull: Pull, sha: string): Promise<boolean> {
  const { commits } = await pullDiff(github, pull);
  return commits.some((commit) => commit.sha === sha);
}

/** Answers in a thread. Throws 404 when the comment is not in this pull. */
export function replyToReviewComment(
  github: GitHub,
  actor: Actor,
  pull: Pull,
  commentId: number,
  body: string,
  review: Review = newReviewRow(github, actor, pull, { body: "", state: "COMMENTED", commitId: pull.head.sha }),
): ReviewComment {
  checkBody("PullRequestReviewComment", body);
  const before = github.state.reviewComments.find((one) => one.id === commentId && one.pullId === pull.id);
  if (!before) throw new HttpProblem(404, "Not Found");
  const { threadId } = before;
  const comment = pushComment(github, review, {
    ...before,
    threadId,
    inReplyToId: before.inReplyToId ?? before.id,
    body,
  });
  if (review.state !== "PENDING") emitReviewComment(github, actor, "created", comment);
  return comment;
}

/** Changes a line comment's text. Throws 403 unless the actor wrote it or has write access. */
export function updateReviewComment(github: GitHub, actor: Actor, comment: ReviewComment, body: string): ReviewComment {
  requireAuthorOrWriter(github, actor, comment);
  checkBody("PullRequestReviewComment", body);
  const from = comment.body;
  if (from === body) return comment;
  comment.body = body;
  comment.updatedAt = github.timestamp();
  emitReviewComment(github, actor, "edited", comment, { changes: { body: { from } } });
  return comment;
}

/** Deletes a line comment; a thread without comments goes, too. */
export function deleteReviewComment(github: GitHub, actor: Actor, comment: ReviewComment): void {
  requireAuthorOrWriter(github, actor, comment);
  const { state } = github;
  emitReviewComment(github, actor, "deleted", comment);
  state.reviewComments.splice(state.reviewComments.indexOf(comment), 1);
  state.reactions = state.reactions.filter((one) => one.subject !== "reviewComment" || one.subjectId !== comment.id);
  if (!state.reviewComments.some((one) => one.threadId === comment.threadId))
    state.reviewThreads = state.reviewThreads.filter((thread) => thread.id !== comment.threadId);
}

/** After the head or the base moved: comments on lines that the diff no longer shows become outdated. */
export async function replaceComments(github: GitHub, pull: Pull): Promise<void> {
  for (const comment of github.state.reviewComments) {
    if (comment.pullId !== pull.id || comment.subjectType === "file") continue;
    const { path, side, originalLine } = comment;
    const placed = await placeComment(github, pull, { path, side, line: originalLine ?? 0 });
    const row = comment.diffHunk.split("\n").at(-1);
    const stillThere = !("problem" in placed) && placed.diffHunk.split("\n").at(-1) === row;
    comment.position = stillThere ? placed.position : null;
    comment.line = stillThere ? originalLine : null;
    comment.startLine = stillThere ? comment.originalStartLine : null;
    if (stillThere) comment.commitId = pull.head.sha;
  }
}
