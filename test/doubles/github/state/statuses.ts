/** Commit statuses, append-only: the newest of each context counts. */
export const statusStates = ["error", "failure", "pending", "success"] as const;
export type StatusState = (typeof statusStates)[number];

export type CommitStatus = {
  id: number;
  repoId: number;
  sha: string;
  state: StatusState;
  context: string;
  description: string | null;
  targetUrl: string | null;
  creatorId: number;
  createdAt: string;
  updatedAt: string;
};

export type StatusesState = { statuses: CommitStatus[] };

export function emptyStatuses(): StatusesState {
  return { statuses: [] };
}
