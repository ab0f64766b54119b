import { describe, expect, test } from "@jest/globals";
import { allow, type Amounts, type Limits } from "../../../src/domain/budget.ts";

const none: Amounts = { steps: 0, minutes: 0, tokens: 0, usd: 0 };
const limits: Limits = {
  run: { steps: 60, minutes: 20, tokens: 2_000_000, usd: 5 },
  pull: { steps: 300, minutes: 120, tokens: 10_000_000, usd: 20 },
  day: { steps: 3_000, minutes: 1_200, tokens: 100_000_000, usd: 100 },
};
const spent = (changed: Partial<Record<keyof Limits, Partial<Amounts>>>): Limits => ({
  run: { ...none, ...changed.run },
  pull: { ...none, ...changed.pull },
  day: { ...none, ...changed.day },
});

describe("what an agent may use", () => {
  test("is the run's own budget while nothing was used", () => {
    expect(allow(limits, spent({}))).toEqual({
      end: "granted",
      amounts: limits.run,
      settings: {
        steps: "agent.budget.steps",
        minutes: "agent.budget.minutes",
        tokens: "agent.budget.tokens",
        usd: "agent.budget.usd",
      },
    });
  });

  test("is what is left under the tightest limit, amount by amount, each with its setting", () => {
    const allowance = allow(limits, spent({ run: { steps: 10 }, pull: { usd: 18 }, day: { tokens: 99_000_000 } }));
    expect(allowance).toMatchObject({
      end: "granted",
      amounts: { steps: 50, minutes: 20, tokens: 1_000_000, usd: 2 },
      settings: { steps: "agent.budget.steps", tokens: "agent.budget.day.tokens", usd: "agent.budget.pull.usd" },
    });
  });

  test.each([
    [{ run: { minutes: 20 } }, "run", "agent.budget.minutes", 20],
    [{ pull: { steps: 300 } }, "pull", "agent.budget.pull.steps", 300],
    [{ day: { usd: 120 } }, "day", "agent.budget.day.usd", 100],
    [{ day: { tokens: 99_999_500 } }, "day", "agent.budget.day.tokens", 100_000_000],
  ] as const)("is nothing after %j", (used, scope, setting, limit) => {
    expect(allow(limits, spent(used))).toEqual({ end: "spent", scope, setting, limit });
  });
});
