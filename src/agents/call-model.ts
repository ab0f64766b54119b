import { setTimeout as wait } from "node:timers/promises";
import { generateText, type LanguageModel, type ModelMessage, type ToolSet } from "ai";
import type { Log } from "../log.ts";
import { readFailure } from "./model-failure.ts";
import type { CallTokens } from "./prices.ts";
import { retryPause } from "./retry-after.ts";
import { untilAborted } from "./until-aborted.ts";

export interface ModelCall {
  readonly model: LanguageModel;
  /** For sentences. */
  readonly modelName: string;
  readonly instructions: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: ToolSet;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly limits: CallLimits;
  readonly maxOutputTokens?: number | undefined;
}

export interface CallLimits {
  readonly callTimeoutMs: number;
  /** All waiting between tries of one call, together. */
  readonly retryTotalMs: number;
}

export interface CalledTool {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  /** Set when the tool is not on offer or the input is not what it takes. */
  readonly invalid: boolean;
}

/** `stopped` means that the caller's signal did it. */
export type ModelAnswer =
  | {
      readonly kind: "answer";
      readonly messages: readonly ModelMessage[];
      readonly calls: readonly CalledTool[];
      /** The server cut the answer at its length limit. */
      readonly cut: boolean;
      readonly tokens: Partial<CallTokens>;
    }
  | { readonly kind: "unreadable"; readonly problem: string }
  | { readonly kind: "too-long" }
  | { readonly kind: "unavailable"; readonly reason: string; readonly passing: boolean }
  | { readonly kind: "stopped" };

/** One call of the model with its retries. It never throws for what a server does. */
export async function callModel(call: ModelCall): Promise<ModelAnswer> {
  let waited = 0;
  for (let tries = 1; ; tries += 1) {
    const timeout = AbortSignal.timeout(call.limits.callTimeoutMs);
    try {
      return await ask(call, AbortSignal.any([call.signal, timeout]));
    } catch (error) {
      if (call.signal.aborted) return { kind: "stopped" };
      const failure = readFailure(error, {
        modelName: call.modelName,
        timedOutMs: timeout.aborted ? call.limits.callTimeoutMs : undefined,
      });
      if (failure.kind !== "down") return failure;
      call.log.warn(
        { tries, status: failure.status, code: failure.code, model: call.modelName },
        "the model server failed",
      );
      const pause = retryPause(tries, failure.retryAfterMs);
      // A time-out has cost its whole time already, so it gets one more try only.
      const mayTry = failure.passing && waited + pause <= call.limits.retryTotalMs && !(timeout.aborted && tries > 1);
      if (!mayTry) return { kind: "unavailable", reason: failure.sentence(tries), passing: failure.passing };
      waited += pause;
      try {
        await wait(pause, undefined, { signal: call.signal });
      } catch {
        return { kind: "stopped" };
      }
    }
  }
}

async function ask(call: ModelCall, signal: AbortSignal): Promise<ModelAnswer> {
  const work = generateText({
    model: call.model,
    instructions: call.instructions,
    messages: [...call.messages],
    tools: call.tools,
    maxRetries: 0,
    abortSignal: signal,
    // Anthropic caches what stays the same from call to call; others do so unasked.
    providerOptions: { anthropic: { cacheControl: { type: "ephemeral" } } },
    ...(call.maxOutputTokens && { maxOutputTokens: call.maxOutputTokens }),
  });
  const result = await untilAborted(work, signal);
  return {
    kind: "answer",
    messages: result.response.messages.filter((message) => message.role === "assistant"),
    calls: result.toolCalls.map((made) => ({
      id: made.toolCallId,
      name: made.toolName,
      input: made.input,
      invalid: made.invalid === true,
    })),
    cut: result.finishReason === "length",
    tokens: {
      ...count("input", result.usage.inputTokens),
      ...count("output", result.usage.outputTokens),
      ...count("cachedInput", result.usage.inputTokenDetails.cacheReadTokens),
    },
  };
}

/** A count as the server gave it, left out when it makes no sense. */
function count(key: keyof CallTokens, tokens: number | undefined): Partial<CallTokens> {
  return tokens !== undefined && Number.isFinite(tokens) && tokens >= 0 ? { [key]: tokens } : {};
}
