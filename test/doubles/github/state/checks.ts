/** Check suites and check runs: one suite per app and head commit. */
export const checkStatuses = ["queued", "in_progress", "completed", "waiting", "requested", "pending"] as const;
export type CheckStatus = (typeof checkStatuses)[number];

export const checkConclusions = [
  "success",
  "failure",
  "neutral",
  "cancelled",
  "skipped",
  "timed_out",
  "action_required",
  "stale",
] as const;
export type CheckConclusion = (typeof checkConclusions)[number];

export type CheckSuite = {
  id: number;
  repoId: number;
  appId: number;
  headBranch: string | null;
  headSha: string;
  before: string | null;
  after: string | null;
  status: CheckStatus;
  conclusion: CheckConclusion | null;
  createdAt: string;
  updatedAt: string;
};

export type Annotation = {
  path: string;
  startLine: number;
  endLine: number;
  startColumn: number | null;
  endColumn: number | null;
  level: "notice" | "warning" | "failure";
  message: string;
  title: string | null;
  rawDetails: string | null;
};

export type CheckAction = { label: string; description: string; identifier: string };

export type CheckRun = {
  id: number;
  repoId: number;
  suiteId: number;
  appId: number;
  name: string;
  headSha: string;
  externalId: string | null;
  detailsUrl: string | null;
  status: CheckStatus;
  conclusion: CheckConclusion | null;
  startedAt: string | null;
  completedAt: string | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  annotations: Annotation[];
  actions: CheckAction[];
};

export type ChecksState = { checkSuites: CheckSuite[]; checkRuns: CheckRun[] };

export function emptyChecks(): ChecksState {
  return { checkSuites: [], checkRuns: [] };
}

/** Of runs with the same name (and suite), the newest: what counts and what `filter=latest` shows. */
export function latestRuns(runs: readonly CheckRun[]): CheckRun[] {
  const newest = new Map<string, CheckRun>();
  for (const run of runs) newest.set(`${run.suiteId}:${run.name}`, run);
  return [...newest.values()];
}
