import { describe, expect, test } from "@jest/globals";
import {
  holdsBack,
  isSettled,
  isToMend,
  type AnalysisResult,
  type CommandResult,
} from "../../../pipelines/validate/command-result.ts";
import { analysisText, outcome } from "../messages/every-message.ts";

const same = { commit: "c".repeat(40), end: "same" } as const;
const ran = (more: Parameters<typeof outcome>[1]): CommandResult => ({ kind: "ran", outcome: outcome("x", more) });
const setup = (more: Parameters<typeof outcome>[1]): CommandResult => ({
  kind: "setup-failed",
  outcome: outcome("x", more),
});

describe("the result of a command", () => {
  test.each<[string, CommandResult, boolean, boolean]>([
    ["passed", ran({ code: 0 }), false, false],
    ["failed", ran({ code: 1 }), true, true],
    ["timed out", ran({ end: "timed-out", code: null }), true, true],
    ["fails on the base as well", ran({ base: same }), false, false],
    ["fails and may", ran({ allowed: true }), false, false],
    ["had no time left", ran({ end: "out-of-time", code: null }), false, false],
    ["could not be started", ran({ end: "not-started", code: null }), false, true],
    ["had no set-up", setup({}), true, false],
    ["had no set-up, nor has the base", setup({ base: same }), false, false],
    ["has no secrets", { kind: "no-secrets", denied: { why: "fork", names: ["A"], setup: false } }, false, true],
    [
      "has a set-up without secrets",
      { kind: "no-secrets", denied: { why: "fork", names: ["A"], setup: true } },
      false,
      false,
    ],
    ["was not run for what it needs", { kind: "need-failed", need: "build" }, false, false],
  ])("that %s", (_, result, toMend, holds) => {
    expect([isToMend(result), holdsBack(result)]).toEqual([toMend, holds]);
  });
});

describe("the result of the analysis", () => {
  const found = (counts: Partial<ReturnType<typeof analysisText>["counts"]>): AnalysisResult => ({
    kind: "analysed",
    analysis: {
      ...analysisText("x"),
      findings: [],
      ignored: [],
      counts: { error: 0, warning: 0, notice: 0, ...counts },
    },
  });
  test.each<[string, AnalysisResult, boolean, boolean]>([
    ["without findings", found({}), false, true],
    ["with warnings", found({ warning: 2 }), false, true],
    ["with errors", found({ error: 1, warning: 2 }), true, false],
    ["that could not be made", { kind: "not-analysed", reason: "x", isFault: true }, false, false],
  ])("%s", (_, result, toMend, settled) => {
    expect([isToMend(result), isSettled(result)]).toEqual([toMend, settled]);
  });
});
