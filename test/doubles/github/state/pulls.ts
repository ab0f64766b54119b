/** Pulls, reviews and their line comments. Title, body, state, labels and assignees are in the issue row of the same number. */
export type MergeMethod = "merge" | "squash" | "rebase";

export type AutoMerge = {
  enabledById: number;
  method: MergeMethod;
  commitTitle: string | null;
  commitMessage: string | null;
  enabledAt: string;
};

/** What a trial merge of exactly these two commits gave. `tree` and `commit` are null when it conflicts. */
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
