import { describe, expect, test } from "@jest/globals";
import { chooseBackend, usualBackend } from "../../../src/agents/backends.ts";
import type { AgentBackend } from "../../../src/agents/port.ts";
import { UserError } from "../../../src/errors.ts";

const named = (name: string): AgentBackend => ({
  name,
  plan: () => Promise.reject(new Error("nobody plans here")),
  work: () => Promise.reject(new Error("nobody works here")),
});
const large = named("anthropic:large");
const small = named("anthropic:small");
const remote = named("codegen-api");
const all = { models: [large, small], others: { "codegen-api": remote } };

describe("the back-end of a repository", () => {
  test.each([
    ["nothing", {}, large],
    ["the model loop", { backend: "model" }, large],
    ["a model that the operator allows", { model: "anthropic:small" }, small],
    ["another back-end", { backend: "codegen-api" }, remote],
  ])("that asks for %s is what the operator offers", (_name, wish, backend) => {
    expect(chooseBackend(all, wish)).toBe(backend);
  });

  test.each([
    [
      { model: "anthropic:huge" },
      /`agent\.models` .* `anthropic:huge`, .* There is: `anthropic:large`, `anthropic:small`\.$/,
    ],
    [{ model: "openai-compatible:large" }, /does not offer/],
    [{ backend: "claude" }, /`agent\.backend` .* `claude`, .* There is: `model`, `codegen-api`\.$/],
    [{ backend: "toString" }, /does not offer/],
    [{ backend: "`@everyone`" }, /asks for `@everyone`/],
    [{ backend: "codegen-api", model: "anthropic:small" }, /`codegen-api` chooses its models itself/],
  ])("that asks for %j is told what there is", (wish, words) => {
    expect(() => chooseBackend(all, wish)).toThrow(UserError);
    expect(() => chooseBackend(all, wish)).toThrow(words);
  });

  test("is the only one where there is no choice", () => {
    const only = { models: [], others: { "codegen-api": remote } };
    expect(usualBackend(only)).toBe(remote);
    expect(chooseBackend(only, {})).toBe(remote);
    expect(() => chooseBackend(only, { backend: "model" })).toThrow("There is: `codegen-api`.");
    expect(() => chooseBackend({ models: [large], others: {} }, { backend: "codegen-api" })).toThrow(
      "There is: `model`.",
    );
  });

  test("is none where nothing is set up", () => {
    expect(usualBackend({ models: [], others: {} })).toBeUndefined();
    expect(chooseBackend({ models: [], others: {} }, { backend: "model", model: "anthropic:large" })).toBeUndefined();
  });
});
