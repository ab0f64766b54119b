import { failureNote, type RawFailure } from "./failure-note.ts";

export interface TestFailure {
  /** Suites and test, joined with " › "; a file's or package's name where a whole one failed to load. At most 500 characters. */
  readonly name: string;
  /** Relative to the workspace, never outside of it. Null when the report does not say it. */
  readonly file: string | null;
  /** 1-based. Only with a file. */
  readonly line: number | null;
  /** The first lines that say why, at most 1,000 characters. Anybody may have written it. */
  readonly message: string;
}

export interface TestCounts {
  readonly passed: number;
  /** Tests that failed, and files or packages that could not be loaded at all. */
  readonly failed: number;
  /** Skipped, to be done, or known to fail. */
  readonly skipped: number;
}

export interface TestResults {
  /** A JUnit file knows more than what the same run prints. */
  readonly source: "junit" | "printed";
  readonly counts: TestCounts;
  /** The counts are no more than what was seen: the output was cut, or the run was stopped. */
  readonly truncated: boolean;
  /** The first 200; how many there are is `counts.failed`. */
  readonly failures: readonly TestFailure[];
  /** Tests that failed and passed when tried again, the first 200. They count as passed. */
  readonly flaky: readonly string[];
}

/** How many failures are kept of one run. */
export const mostFailures = 200;

/** Collects what a reader finds. Of the failures past the bound it keeps the number only. */
export interface Tally {
  pass(times?: number): void;
  skip(times?: number): void;
  fail(failure: RawFailure): void;
  /** Failures counted so far. */
  readonly failed: number;
  /** @param counts what the run itself says at its end; without it, what was collected counts */
  results(end: { truncated: boolean; counts?: TestCounts }): TestResults;
}

/** A tally of what a run printed. */
export function createTally(): Tally {
  const failures: TestFailure[] = [];
  let [passed, failed, skipped] = [0, 0, 0];
  return {
    pass: (times = 1) => void (passed += times),
    skip: (times = 1) => void (skipped += times),
    fail(failure) {
      failed += 1;
      if (failures.length < mostFailures) failures.push(failureNote(failure));
    },
    get failed() {
      return failed;
    },
    results: ({ truncated, counts }) => ({
      source: "printed",
      counts: counts ?? { passed, failed, skipped },
      truncated,
      failures,
      flaky: [],
    }),
  };
}

/** Adds up the words of a summary line, such as `3 failed, 1 skipped, 4 passed`. */
export function countWords(lines: readonly string[]): TestCounts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const line of lines)
    for (const [, digits = "", word = ""] of line.matchAll(/\b(\d{1,9}) ([a-z]+)\b/g)) {
      const kind = kinds[word];
      if (kind !== undefined) counts[kind] += Number(digits);
    }
  return counts;
}

/**
 * Adds the files that could not be loaded to the counts of a runner that does not count them as tests. Where the output was cut, its number of
 * failed files tells of those that were named above the cut.
 */
export function withFiles({ counts, unloaded, suites, named, seen }: FileCounts): {
  truncated: boolean;
  counts: TestCounts;
} {
  const missing = Math.max(0, suites.failed - named);
  const whole = seen - unloaded >= counts.failed;
  return {
    truncated: missing > 0 && !whole,
    counts: { ...counts, failed: counts.failed + unloaded + (whole ? missing : 0) },
  };
}

interface FileCounts {
  readonly counts: TestCounts;
  /** Files that were named as not loaded. */
  readonly unloaded: number;
  /** The counts of files. */
  readonly suites: TestCounts;
  /** Files that a failure named. */
  readonly named: number;
  /** Failures that were named. */
  readonly seen: number;
}

const kinds: Readonly<Record<string, keyof TestCounts>> = Object.assign(Object.create(null), {
  passed: "passed",
  pass: "passed",
  xpassed: "passed",
  failed: "failed",
  fail: "failed",
  cancelled: "failed",
  error: "failed",
  errors: "failed",
  skipped: "skipped",
  todo: "skipped",
  pending: "skipped",
  xfailed: "skipped",
});
