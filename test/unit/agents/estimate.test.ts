import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { estimate, type EstimateFacts } from "../../../src/agents/estimate.ts";
import { estimateText } from "../../../src/messages/estimate.ts";

const words = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);
const planOf = (files: number, steps: number, tests: number) => ({
  files: words(files).map((path) => ({ path, change: "x" })),
  steps: words(steps),
  tests: words(tests),
});
const facts: EstimateFacts = {
  plan: planOf(2, 3, 1),
  used: { steps: 4, inputTokens: 7_200, outputTokens: 800, usd: 0, priced: false },
  planner: "openai-compatible:scripted",
  worker: "openai-compatible:scripted",
  budget: { steps: 60, tokens: 2_000_000, usd: 5 },
};
const priced = { ...facts, planner: "anthropic:claude-sonnet-4-5", worker: "anthropic:claude-sonnet-4-5" };

describe("what a plan will probably take", () => {
  test("comes from its size and from what a call of the planning used", () => {
    // 2 + 2·2 + 1 calls at best; 2 + 3·5 + 2·3 at worst, of 2 000 tokens each, at worst twice that.
    expect(estimate(facts)).toEqual({
      size: "small",
      calls: [7, 23],
      tokens: [14_000, 92_000],
      usd: null,
      budget: facts.budget,
      over: [],
    });
  });

  test.each([
    ["small", planOf(1, 1, 0)],
    ["small", planOf(3, 5, 1)],
    ["medium", planOf(3, 6, 1)],
    ["large", planOf(10, 9, 2)],
  ])("is called %s", (size, plan) => {
    expect(estimate({ ...facts, plan }).size).toBe(size);
  });

  test("has a price at list prices, and at the rate of the planning where that was lower", () => {
    // Sonnet: $3 and $15 per million; 7 200 in and 800 out are $0.0336 for 8 000 tokens.
    expect(estimate(priced).usd).toEqual([expect.closeTo(0.0588, 6), expect.closeTo(0.3864, 6)]);
    const cached = { ...priced, used: { ...facts.used, usd: 0.0168, priced: true } };
    expect(estimate(cached).usd).toEqual([expect.closeTo(0.0294, 6), expect.closeTo(0.3864, 6)]);
    const other = { ...cached, planner: "anthropic:claude-opus-4-5" };
    expect(estimate(other).usd?.[0]).toBeCloseTo(0.0588, 6);
  });

  test("has no price where nobody knows who works, or what that costs", () => {
    expect(estimate({ ...priced, worker: undefined }).usd).toBeNull();
    expect(estimate({ ...priced, worker: "codegen-api" }).usd).toBeNull();
  });

  test("has no tokens where the planning was counted elsewhere", () => {
    const used = { steps: 0, inputTokens: 0, outputTokens: 0, usd: 0, priced: false };
    expect(estimate({ ...priced, used })).toMatchObject({ calls: [7, 23], tokens: null, usd: null, over: [] });
  });

  test("is held against each part of the budget", () => {
    const budget = { steps: 22, tokens: 91_999, usd: 0.38 };
    expect(estimate({ ...priced, budget }).over).toEqual(["steps", "tokens", "usd"]);
    expect(estimate({ ...priced, budget: { steps: 23, tokens: 92_000, usd: 0.39 } }).over).toEqual([]);
  });

  test("never shrinks with a larger plan, and its ends are in order", () => {
    const size = fc.nat({ max: 60 });
    fc.assert(
      fc.property(size, size, size, fc.integer({ min: 1, max: 60 }), (files, steps, tests, calls) => {
        const used = { ...facts.used, steps: calls };
        const now = estimate({ ...priced, used, plan: planOf(files, steps, tests) });
        const more = estimate({ ...priced, used, plan: planOf(files + 1, steps + 1, tests + 1) });
        for (const key of ["calls", "tokens", "usd"] as const) {
          const [from, to] = now[key] ?? [1, 0];
          expect(from).toBeLessThanOrEqual(to);
          expect(more[key]?.[1]).toBeGreaterThan(to);
        }
      }),
    );
  });
});

describe("an estimate is shown", () => {
  test("in one line", () => {
    expect(estimateText(estimate(priced))).toBe(
      "**Estimate:** small · about 7–23 model calls · 14k–92k tokens · $0.06–0.39 · budget $5",
    );
  });

  test("with what is not known", () => {
    expect(estimateText(estimate(facts))).toBe(
      "**Estimate:** small · about 7–23 model calls · 14k–92k tokens · price of the model not known · budget 60 calls, 2M tokens",
    );
    expect(estimateText({ ...estimate(facts), tokens: null })).toBe(
      "**Estimate:** small · about 7–23 model calls · tokens and cost are counted by the service that does it",
    );
  });

  test("with a warning where one run may not be allowed that much", () => {
    expect(estimateText(estimate({ ...priced, budget: { steps: 20, tokens: 2_000_000, usd: 0.1 } })))
      .toMatchInlineSnapshot(`
     "**Estimate:** small · about 7–23 model calls · 14k–92k tokens · $0.06–0.39 · budget $0.10

     ⚠️ **This may not fit into the budget of one run**: at worst 23 model calls of 20, $0.39 of $0.10. Work stops where the budget ends. Ask for a smaller plan with \`/codegen revise\`, or raise \`agent.budget.steps\`, \`agent.budget.usd\` in \`.codegen.yml\`."
    `);
  });

  test.each([
    [[0.001, 0.004], "less than $0.01"],
    [[0.2, 0.2], "$0.20"],
    [[0.2, 0.5], "$0.20–0.50"],
    [[1.5, 12], "$1.50–12.00"],
  ] as const)("with %j dollars as %s", (usd, shown) => {
    expect(estimateText({ ...estimate(facts), usd })).toContain(` · ${shown} · `);
  });

  test.each([
    [[950, 1_249], "950–1.2k tokens"],
    [[59_600, 149_900], "60k–150k tokens"],
    [[999_999, 1_250_000], "1M–1.3M tokens"],
  ] as const)("with %j tokens as %s", (tokens, shown) => {
    expect(estimateText({ ...estimate(facts), tokens })).toContain(shown);
  });
});
