import { describe, expect, test } from "@jest/globals";
import { flakyBetween, triedOf, wholeCommand, type Tried } from "../../../../src/reports/tests/flaky-tests.ts";
import type { TestResults } from "../../../../src/reports/tests/test-results.ts";

const tried = (failed: readonly string[], more: Partial<Tried> = {}): Tried => ({
  passed: failed.length === 0,
  failed,
  complete: true,
  total: 9,
  ...more,
});

describe("a test is flaky", () => {
  test("when it fails in one execution and passes in another, whichever comes first", () => {
    expect(flakyBetween(tried(["a", "b"]), tried([]))).toEqual(["a", "b"]);
    expect(flakyBetween(tried([]), tried(["a"]))).toEqual(["a"]);
    expect(flakyBetween(tried(["a", "b"]), tried(["b"]))).toEqual(["a"]);
  });

  test("only when it is known to have passed", () => {
    expect(flakyBetween(tried(["a", "b"]), tried(["b"], { total: 5 }))).toEqual([]);
    expect(flakyBetween(tried(["a", "b"]), tried(["b"], { complete: false }))).toEqual([]);
    // As many fail as before: such a test only has another name each time.
    expect(flakyBetween(tried(["at 12:03"]), tried(["at 12:04"]))).toEqual([]);
    expect(flakyBetween(tried(["a"]), tried(["a"]))).toEqual([]);
    expect(flakyBetween(tried([]), tried([]))).toEqual([]);
  });

  test("or the command is, when nothing names the test", () => {
    const silent = { passed: false, total: 0, complete: false };
    expect(flakyBetween(tried([], silent), tried([]))).toEqual([wholeCommand]);
    expect(flakyBetween(tried([]), tried([], silent))).toEqual([wholeCommand]);
    expect(flakyBetween(tried([], silent), tried([], silent))).toEqual([]);
  });
});

describe("an execution", () => {
  const results = (more: Partial<TestResults>): TestResults => ({
    source: "junit",
    counts: { passed: 3, failed: 2, skipped: 1 },
    truncated: false,
    failures: ["a", "a"].map((name) => ({ name, file: null, line: null, message: "" })),
    flaky: [],
    ...more,
  });

  test("knows which tests failed, and whether those are all", () => {
    expect(triedOf(false, results({}))).toEqual({ passed: false, failed: ["a"], complete: true, total: 6 });
    expect(triedOf(false, results({ truncated: true })).complete).toBe(false);
    expect(triedOf(false, results({ counts: { passed: 0, failed: 300, skipped: 0 } })).complete).toBe(false);
    expect(triedOf(true, null)).toEqual({ passed: true, failed: [], complete: true, total: 0 });
    expect(triedOf(false, null).complete).toBe(false);
  });
});
