/** What a check concludes: GitHub's check-run conclusions that we use. */
export const verdicts = [
  "success",
  "failure",
  "neutral",
  "skipped",
  "cancelled",
  "timed_out",
  "action_required",
] as const;
export type Verdict = (typeof verdicts)[number];

export type Severity = "notice" | "warning" | "failure";

/** A located problem. Lines are 1-based and inclusive. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly file: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly message: string;
  readonly fingerprint: string;
}
