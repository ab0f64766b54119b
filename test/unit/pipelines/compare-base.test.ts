import { describe, expect, test } from "@jest/globals";
import { compareWithBase } from "../../../pipelines/validate/compare-base.ts";
import type { ReportText } from "../../../src/messages/report.ts";
import type { CommandOutcome } from "../../../src/messages/validate.ts";

const commit = "b".repeat(40);

function outcome(more: Partial<CommandOutcome> = {}): CommandOutcome {
  return {
    name: "test",
    run: "npm test",
    end: "exited",
    code: 1,
    ms: 1_000,
    tail: "",
    attempts: 1,
    head: "a".repeat(40),
    timeoutMs: 60_000,
    memory: 1e9,
    ...more,
  };
}

function failing(
  names: readonly string[],
  more: { truncated?: boolean; failed?: number } = {},
): { report: ReportText } {
  const { truncated = false, failed = names.length } = more;
  const failures = names.map((name) => ({ name, file: "test/cart.test.js", line: 3, message: "no" }));
  return {
    report: {
      tests: { counts: { passed: 2, failed, skipped: 0 }, truncated, failures },
      problems: { total: 0, shown: 0 },
      coverage: null,
      flaky: [],
      unread: [],
    },
  };
}

function ends(head: Partial<CommandOutcome>, base: Partial<CommandOutcome> | null) {
  const { commit: at, ...end } = compareWithBase(outcome(head), base && outcome(base), commit, "the time was up.");
  expect(at).toBe(commit);
  return end;
}

describe("a failed command, compared with the base", () => {
  test("is new when the base passes", () => {
    expect(ends({}, { code: 0 })).toEqual({ end: "passes" });
  });

  test("is not known to be anything when the base could not be run", () => {
    expect(ends({}, null)).toEqual({ end: "unknown", reason: "the time was up." });
  });

  test("is the base's when the same tests fail there, or more", () => {
    expect(ends(failing(["adds"]), failing(["adds"]))).toEqual({ end: "same" });
    expect(ends(failing(["adds"]), failing(["adds", "divides"]))).toEqual({ end: "same" });
  });

  test("names the tests that fail only at the head", () => {
    expect(ends(failing(["adds", "divides"]), failing(["adds"]))).toEqual({
      end: "more",
      added: ["divides (test/cart.test.js)"],
    });
  });

  test.each([
    ["the log was cut", { truncated: true }],
    ["more failed than are named", { failed: 3 }],
  ])("goes by what was printed when %s", (_, more) => {
    const head = { ...failing(["adds"], more), tail: "src/cart.js(3,1): error TS1005: ';' expected." };
    expect(ends(head, { ...failing(["adds"]), tail: head.tail })).toEqual({ end: "same" });
    expect(ends(head, { ...failing(["adds"]), tail: "src/cart.js(9,1): error TS2304: no such name" })).toEqual({
      end: "other",
    });
  });

  test("is another failure when it ends in another way", () => {
    expect(ends({ end: "timed-out", code: null }, { code: 1 })).toEqual({ end: "other" });
    expect(ends({ end: "timed-out", code: null }, { end: "timed-out", code: null })).toEqual({ end: "same" });
  });
});
