import type { TestResults } from "./test-results.ts";

/** How the tests of a command came out in one execution of it; data that a journal can keep. */
export interface Tried {
  readonly passed: boolean;
  /** Names of tests that failed, the first 200. */
  readonly failed: readonly string[];
  /** Those are all that failed. */
  readonly complete: boolean;
  readonly total: number;
}

/** Stands for a command that failed and passed without saying which test it was. */
export const wholeCommand = "";

/** @param passed the command itself ended well */
export function triedOf(passed: boolean, tests: TestResults | null): Tried {
  if (tests === null) return { passed, failed: [], complete: passed, total: 0 };
  const { counts, failures, truncated } = tests;
  const failed = [...new Set(failures.map(({ name }) => name))];
  const complete = !truncated && failures.length === counts.failed;
  return { passed, failed, complete, total: counts.passed + counts.failed + counts.skipped };
}

/** The tests that failed in one execution and passed in another of the same files, whichever came first. */
export function flakyBetween(one: Tried, other: Tried): readonly string[] {
  const named = [...failedOnlyIn(one, other), ...failedOnlyIn(other, one)];
  return named.length === 0 && one.passed !== other.passed ? [wholeCommand] : named;
}

/** Reports name what failed, not what passed: a test has passed when all did, or when as many tests ran and fewer failed. */
function failedOnlyIn({ failed, total }: Tried, other: Tried): readonly string[] {
  const known = other.passed || (other.complete && other.total === total && other.failed.length < failed.length);
  const others = new Set(other.failed);
  return known ? failed.filter((name) => !others.has(name)) : [];
}
