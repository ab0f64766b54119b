import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogle } from "@ai-sdk/google";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { wrapLanguageModel, type LanguageModel } from "ai";
import { StartError } from "../errors.ts";
import type { Log } from "../log.ts";

export const providers = ["openai-compatible", "anthropic", "google"] as const;

export interface ModelName {
  readonly provider: (typeof providers)[number];
  /** As the server knows it; may hold colons and slashes (`qwen3-coder:30b`, `vendor/model`). */
  readonly name: string;
}

export interface ModelAccess {
  readonly url?: string | undefined;
  readonly key?: string | undefined;
  readonly fetch: typeof globalThis.fetch;
  readonly log: Log;
}

/**
 * Reads the value of CODEGEN_MODEL, `PROVIDER:NAME`.
 * @throws StartError saying what is allowed
 */
export function parseModelName(text: string): ModelName {
  const colon = text.indexOf(":");
  const provider = providers.find((known) => known === text.slice(0, colon).trim());
  const name = text.slice(colon + 1).trim();
  if (colon === -1 || !provider || name === "") {
    const allowed = providers.map((known) => `\`${known}:NAME\``).join(", ");
    throw new StartError(
      `CODEGEN_MODEL is \`${text.slice(0, 100)}\`; it has to be one of ${allowed}, where NAME is what the model server calls the model`,
    );
  }
  return { provider, name };
}

/**
 * A model behind the AI SDK. Nothing is read from the environment: the SDK would look there for what we leave out.
 * @throws StartError when the address or the key is missing or of no use
 */
export function openModel({ provider, name }: ModelName, access: ModelAccess): LanguageModel {
  const model = opened[provider](name, access);
  return wrapLanguageModel({
    model,
    // The SDK prints warnings to the console; ours go to the log.
    middleware: {
      specificationVersion: "v4",
      wrapGenerate: async ({ doGenerate }) => {
        const result = await doGenerate();
        if (result.warnings.length > 0) access.log.debug({ warnings: result.warnings }, "the model's adapter warns");
        return { ...result, warnings: [] };
      },
    },
  });
}

const opened = { "openai-compatible": compatibleModel, anthropic: anthropicModel, google: googleModel };

function compatibleModel(name: string, access: ModelAccess) {
  if (!access.url) {
    throw new StartError(
      "CODEGEN_MODEL_URL is missing: an `openai-compatible` model needs the address of its server, such as http://127.0.0.1:11434/v1",
    );
  }
  const options = { name: "openaiCompatible", baseURL: checkedUrl(access.url), fetch: access.fetch };
  return createOpenAICompatible({ ...options, ...(access.key && { apiKey: access.key }) })(name);
}

function anthropicModel(name: string, access: ModelAccess) {
  if (!access.key) throw new StartError("CODEGEN_MODEL_KEY is missing: an `anthropic` model needs an API key");
  const baseURL = access.url ? checkedUrl(access.url) : "https://api.anthropic.com/v1";
  return createAnthropic({ baseURL, apiKey: access.key, fetch: access.fetch })(name);
}

function googleModel(name: string, access: ModelAccess) {
  if (!access.key) throw new StartError("CODEGEN_MODEL_KEY is missing: a `google` model needs an API key");
  const baseURL = access.url ? checkedUrl(access.url) : "https://generativelanguage.googleapis.com/v1beta";
  return createGoogle({ baseURL, apiKey: access.key, fetch: access.fetch })(name);
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new StartError("CODEGEN_MODEL_URL is no http(s) address; it looks like https://models.example/v1");
  }
  if (url.username || url.password) {
    throw new StartError("CODEGEN_MODEL_URL holds a user or a password; give the key in CODEGEN_MODEL_KEY instead");
  }
  return text.replace(/\/+$/, "");
}
