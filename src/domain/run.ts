/** The kinds of run; each is a folder in `pipelines/` and the name of a job. */
export const runKinds = ["plan", "agent", "fix", "revert", "validate", "merge", "control", "reply"] as const;
export type RunKind = (typeof runKinds)[number];

/** `queued → running → (waiting) → succeeded | failed | cancelled | superseded` */
export const runStates = ["queued", "running", "waiting", "succeeded", "failed", "cancelled", "superseded"] as const;
export type RunState = (typeof runStates)[number];

export function isFinal(state: RunState): boolean {
  return state === "succeeded" || state === "failed" || state === "cancelled" || state === "superseded";
}
