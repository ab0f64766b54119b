import { describe, expect, test } from "@jest/globals";
import { createModelBackend } from "../../../src/agents/model-loop.ts";
import { parseModelName } from "../../../src/agents/models.ts";
import { StartError } from "../../../src/errors.ts";
import { silentLog } from "../../../src/log.ts";

describe("the name of a model", () => {
  test("has a provider and what the server calls it", () => {
    expect(parseModelName("anthropic:claude-sonnet-5")).toEqual({ provider: "anthropic", name: "claude-sonnet-5" });
    expect(parseModelName("openai-compatible: qwen3-coder:30b ")).toEqual({
      provider: "openai-compatible",
      name: "qwen3-coder:30b",
    });
  });

  test.each(["", "gpt-5", "openai:gpt-5", "anthropic:", "Anthropic:x"])(
    "%j is refused with what is allowed",
    (text) => {
      expect(() => parseModelName(text)).toThrow(StartError);
      expect(() => parseModelName(text)).toThrow(
        `CODEGEN_MODEL is \`${text}\`; it has to be one of \`openai-compatible:NAME\`, \`anthropic:NAME\`, \`google:NAME\``,
      );
    },
  );

  test.each([
    [{ model: "openai-compatible:x" }, /CODEGEN_MODEL_URL is missing/],
    [{ model: "openai-compatible:x", url: "ftp://models.example" }, /CODEGEN_MODEL_URL is no http/],
    [{ model: "openai-compatible:x", url: "models" }, /CODEGEN_MODEL_URL is no http/],
    [
      { model: "openai-compatible:x", url: "http://u:hunter2@models.example" },
      /^CODEGEN_MODEL_URL holds a user or a password; give the key in CODEGEN_MODEL_KEY instead$/,
    ],
    [{ model: "anthropic:x" }, /CODEGEN_MODEL_KEY is missing/],
    [{ model: "google:x" }, /CODEGEN_MODEL_KEY is missing/],
  ])("%j is refused before anything is asked", (options, words) => {
    expect(() => createModelBackend({ ...options, log: silentLog })).toThrow(StartError);
    expect(() => createModelBackend({ ...options, log: silentLog })).toThrow(words);
  });
});
