import type { Severity } from "../../domain/verdict.ts";

/**
 * One pattern of a problem matcher in GitHub's shape: a regular expression for one line, and which of its groups holds what
 * (https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md).
 */
export interface ProblemPattern {
  readonly regexp: string;
  readonly file?: number | undefined;
  readonly fromPath?: number | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly severity?: number | undefined;
  readonly code?: number | undefined;
  readonly message?: number | undefined;
  /** On the last pattern only: it matches again and again after the ones before it. */
  readonly loop?: boolean | undefined;
}

/** How one tool prints problems: consecutive lines match consecutive patterns. `severity` counts where no group says one; without it, error. */
export interface ProblemMatcher {
  readonly owner: string;
  readonly severity?: "error" | "warning" | "notice" | undefined;
  readonly pattern: readonly ProblemPattern[];
}

/** What was read of a problem, as it was printed. */
export interface PrintedProblem {
  readonly owner: string;
  readonly code?: string | undefined;
  readonly severity: Severity;
  readonly file?: string | undefined;
  readonly fromPath?: string | undefined;
  readonly line?: string | undefined;
  readonly endLine?: string | undefined;
  readonly message: string;
}

const severities: ReadonlyMap<string, Severity> = new Map([
  ["error", "failure"],
  ["fatal", "failure"],
  ["fatal error", "failure"],
  ["warning", "warning"],
  ["warn", "warning"],
  ["notice", "notice"],
  ["info", "notice"],
  ["note", "notice"],
]);

/** Our word for a tool's word, or null for one that says no severity. */
export function severityOf(word: string | undefined): Severity | null {
  return severities.get(word?.toLowerCase() ?? "") ?? null;
}
