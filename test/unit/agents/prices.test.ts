import { describe, expect, test } from "@jest/globals";
import { costOf, priceOf } from "../../../src/agents/prices.ts";

describe("the price of a model", () => {
  test.each([
    ["claude-sonnet-5-20260801", 2],
    ["claude-opus-4-1-20250805", 15],
    ["claude-opus-4-8", 5],
    ["anthropic/claude-haiku-5-5", 0.5],
    ["gpt-5", 1.25],
    ["gpt-5-2025-08-07", 1.25],
    ["gpt-5-mini", 0.25],
    ["GPT-5.5", 5],
  ])("%s costs %d dollars per million tokens read", (model, input) => {
    expect(priceOf(model)?.input).toBe(input);
  });

  test.each(["qwen3-coder:30b", "gpt-50", "scripted", "", "constructor"])("%j has none", (model) => {
    expect(priceOf(model)).toBeUndefined();
  });

  test("counts what the provider had in its cache at its own price", () => {
    expect(
      costOf({ input: 1_000_000, cachedInput: 500_000, output: 100_000 }, { input: 2, cachedInput: 0.2, output: 10 }),
    ).toBeCloseTo(1 + 0.1 + 1);
  });
});
