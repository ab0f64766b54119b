import { mostFailures, type TestFailure, type TestResults } from "./test-results.ts";

/**
 * Adds up the results of one command. Where a JUnit file and printed text tell of the same run, the file counts alone: when their counts are the
 * same, when they name the same failure, or when the text was cut and names no failure.
 */
export function mergeResults(all: readonly TestResults[]): TestResults {
  const files = all.filter(({ source }) => source === "junit");
  const known = new Set(files.flatMap(({ failures }) => failures.map(lastName)));
  const merged = sum(files);
  const own = all.filter(
    (results) => results.source === "printed" && !(files.length > 0 && isSameRun(results, merged, known)),
  );
  return sum([...files, ...own]);
}

function isSameRun({ counts, failures, truncated }: TestResults, file: TestResults, known: ReadonlySet<string>) {
  const { passed, failed, skipped } = file.counts;
  if (counts.passed === passed && counts.failed === failed && counts.skipped === skipped) return true;
  return failures.some((failure) => known.has(lastName(failure))) || (truncated && counts.failed === 0);
}

/** Reports differ in how they name the suites around a test, hardly in the test's own name. */
function lastName({ name }: TestFailure): string {
  return name.split(" › ").at(-1) ?? name;
}

function sum(all: readonly TestResults[]): TestResults {
  const total = (of: (results: TestResults) => number) => all.reduce((number, results) => number + of(results), 0);
  return {
    source: all.some(({ source }) => source === "junit") ? "junit" : "printed",
    counts: {
      passed: total(({ counts }) => counts.passed),
      failed: total(({ counts }) => counts.failed),
      skipped: total(({ counts }) => counts.skipped),
    },
    truncated: all.some(({ truncated }) => truncated),
    failures: all.flatMap(({ failures }) => failures).slice(0, mostFailures),
    flaky: all.flatMap(({ flaky }) => flaky).slice(0, mostFailures),
  };
}
