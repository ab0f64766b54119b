import { AISDKError, APICallError } from "ai";
import { OversizedAnswer } from "./model-fetch.ts";
import { chain, networkCode } from "./network-code.ts";
import { retryAfter } from "./retry-after.ts";

/**
 * What went wrong with a call. Sentences are ours alone: a server's own words may hold the key or an address, so they are never passed on.
 */
export type ModelFailure =
  | { readonly kind: "unreadable"; readonly problem: string }
  | { readonly kind: "too-long" }
  | {
      readonly kind: "down";
      /** Worth another try. */
      readonly passing: boolean;
      readonly status?: number | undefined;
      readonly code?: string | undefined;
      readonly retryAfterMs?: number | undefined;
      sentence(tries: number): string;
    };

const unreadableErrors = new Set([
  "AI_JSONParseError",
  "AI_TypeValidationError",
  "AI_InvalidResponseDataError",
  "AI_EmptyResponseBodyError",
  "AI_NoContentGeneratedError",
]);

/**
 * Sorts what a call threw.
 * @throws the error itself when neither the server nor the network caused it
 */
export function readFailure(error: unknown, call: { modelName: string; timedOutMs: number | undefined }): ModelFailure {
  if (call.timedOutMs !== undefined) return timedOut(call.timedOutMs);
  if (chain(error).some((link) => link instanceof OversizedAnswer))
    return { kind: "unreadable", problem: "an answer that is far too large" };
  if (APICallError.isInstance(error)) return readApiError(error, call.modelName);
  if (AISDKError.isInstance(error) && unreadableErrors.has(error.name)) return unreadableAnswer;
  const code = networkCode(error);
  if (code === undefined) throw error;
  return unreachable(code);
}

const unreadableAnswer: ModelFailure = { kind: "unreadable", problem: "an answer that cannot be read" };

function readApiError(error: APICallError, modelName: string): ModelFailure {
  const { statusCode: status } = error;
  if (status === undefined) return unreachable(networkCode(error));
  if (status < 400) return error.isRetryable ? unreachable(networkCode(error)) : unreadableAnswer;
  if (saysTooLong(status, `${error.message} ${error.responseBody ?? ""}`)) return { kind: "too-long" };
  const retryAfterMs = retryAfter(error.responseHeaders ?? {});
  const passing = status === 408 || status === 409 || status === 429 || status >= 500;
  const what = meaning(refusesKey(status, error.responseBody) ? 401 : status, modelName);
  return {
    kind: "down",
    passing,
    status,
    retryAfterMs,
    sentence: (tries) => {
      const asked = retryAfterMs === undefined ? "" : ` It asks to wait ${Math.ceil(retryAfterMs / 1000)} s.`;
      return `${what} (HTTP ${status}${tries > 1 ? `, ${tries} tries` : ""}).${asked}`;
    },
  };
}

function meaning(status: number, modelName: string): string {
  if (status === 401 || status === 403)
    return "The model server refuses the key that the operator of this bot has set in CODEGEN_MODEL_KEY";
  if (status === 402)
    return "The account behind the model has no credit left; the operator of this bot has to look after it";
  if (status === 404)
    return `The model server does not know the model \`${modelName}\`, or its address is wrong; the operator of this bot has to check CODEGEN_MODEL and CODEGEN_MODEL_URL`;
  if (status === 429) return "The model server is at its limit";
  if (status >= 500) return "The model server has a failure of its own";
  return `The model server refuses the request for the model \`${modelName}\`; its log or the bot's says why`;
}

function unreachable(code: string | undefined): ModelFailure {
  const why = code === undefined ? "" : ` (${code})`;
  return {
    kind: "down",
    passing: true,
    code,
    sentence: (tries) => `The model server cannot be reached${why}${tries > 1 ? `, ${tries} tries` : ""}.`,
  };
}

function timedOut(ms: number): ModelFailure {
  return {
    kind: "down",
    passing: true,
    code: "timeout",
    sentence: (tries) =>
      `The model server did not answer within ${Math.round(ms / 1000)} s${tries > 1 ? `, ${tries} tries` : ""}.`,
  };
}

/** Gemini answers 400 to a key that it does not know. */
function refusesKey(status: number, body = ""): boolean {
  return status === 400 && body.includes("API_KEY_INVALID");
}

/** Servers say it in their own ways; the status alone does not tell. */
function saysTooLong(status: number, text: string): boolean {
  if (status === 413) return true;
  return (
    status === 400 &&
    /context.{0,20}(length|window|size)|(prompt|input|request) is too (long|large)|maximum.{0,20}tokens|too many (input )?tokens/i.test(
      text,
    )
  );
}
