/** Pulls, reviews and their line comments. Title, body, state, labels and assignees are in the issue row of the same number. */
export type MergeMethod = "merge" | "squash" | "rebase";

export type AutoMerge = {
  enabledById: number;
  method: MergeMethod;
  commitTitle: string | null;
  commitMessage: string | null;
  enabledAt: string;
};

/** What a trial merge of exactly these two commits gave. `commit` is null when it conflicts. */
export type TrialMerge = { baseSha: string; headSha: string; clean: boolean; commit: string | null };

export type Pull = {
  id: number;
  repoId: number;
  issueId: number;
  number: number;
  /** `repoId` is null when the fork was deleted; `ref` is a branch name without refs/heads/ */
  head: { repoId: number | null; ownerLogin: string; ref: string; sha: string };
  base: { ref: string; sha: string };
  draft: boolean;
  maintainerCanModify: boolean;
  trialMerge: TrialMerge | null;
  mergedAt: string | null;
  mergedById: number | null;
  /** the commit on the base branch that the merge made */
  mergedSha: string | null;
  autoMerge: AutoMerge | null;
  requestedReviewerIds: number[];
};

export type ReviewState = "PENDING" | "COMMENTED" | "APPROVED" | "CHANGES_REQUESTED" | "DISMISSED";

export type Review = {
  id: number;
  repoId: number;
  pullId: number;
  userId: number;
  body: string;
  state: ReviewState;
  commitId: string;
  submittedAt: string | null;
  createdAt: string;
  updatedAt: string;
};

export type Side = "LEFT" | "RIGHT";

export type ReviewComment = {
  id: number;
  repoId: number;
  pullId: number;
  reviewId: number;
  threadId: number;
  userId: number;
  body: string;
  path: string;
  subjectType: "line" | "file";
  side: Side;
  /** null once the line is no longer part of the diff (outdated) or for comments on a whole file */
  line: number | null;
  originalLine: number | null;
  startLine: number | null;
  originalStartLine: number | null;
  startSide: Side | null;
  position: number | null;
  originalPosition: number;
  diffHunk: string;
  commitId: string;
  originalCommitId: string;
  inReplyToId: number | null;
  minimizedReason: string | null;
  createdAt: string;
  updatedAt: string;
};

export type ReviewThread = {
  id: number;
  repoId: number;
  pullId: number;
  resolvedById: number | null;
  resolvedAt: string | null;
};

export type PullsState = {
  pulls: Pull[];
  reviews: Review[];
  reviewComments: ReviewComment[];
  reviewThreads: ReviewThread[];
};

export function emptyPulls(): PullsState {
  return { pulls: [], reviews: [], reviewComments: [], reviewThreads: [] };
}

/** The pull with this id; throws when there is none, since ids inside the state always point at something. */
export function pullById(state: PullsState, id: number): Pull {
  const found = state.pulls.find((pull) => pull.id === id);
  if (!found) throw new Error(`no pull ${id} in the state of the local GitHub`);
  return found;
}

export function pullByNumber(state: PullsState, repoId: number, number: number): Pull | null {
  return state.pulls.find((pull) => pull.repoId === repoId && pull.number === number) ?? null;
}

/** Reviews of a pull, oldest first, pending ones included. */
export function reviewsOf(state: PullsState, pullId: number): Review[] {
  return state.reviews.filter((review) => review.pullId === pullId);
}

/** Line comments of a pull that others can see: those of pending reviews are left out. */
export function visibleComments(state: PullsState, pullId: number): ReviewComment[] {
  const pending = new Set(
    reviewsOf(state, pullId).flatMap((review) => (review.state === "PENDING" ? [review.id] : [])),
  );
  return state.reviewComments.filter((comment) => comment.pullId === pullId && !pending.has(comment.reviewId));
}

export function threadsOf(state: PullsState, pullId: number): ReviewThread[] {
  return state.reviewThreads.filter((thread) => thread.pullId === pullId);
}
