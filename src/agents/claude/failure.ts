import { OversizedAnswer } from "../model-fetch.ts";
import { chain, networkCode } from "../network-code.ts";
import { retryAfter } from "../retry-after.ts";

/**
 * A call of the model that brought nothing. Sentences are ours alone: a server's own words may hold the key or an address, so they go
 * neither to a person nor into the sandbox.
 */
export type CallFailure =
  | { readonly kind: "too-long" }
  | { readonly kind: "unreadable"; readonly problem: string }
  | {
      readonly kind: "down";
      readonly passing: boolean;
      readonly retryAfterMs: number | undefined;
      readonly status?: number;
      readonly code?: string;
      /** Without its end, for the tries come behind. */
      readonly sentence: string;
    };

/** @param body of an answer whose status is no success */
export function failureOfStatus(status: number, headers: Headers, body: string, model: string): CallFailure {
  if (
    status === 413 ||
    (status === 400 && /prompt is too long|exceed.{0,20}context|too many (input )?tokens/i.test(body))
  )
    return { kind: "too-long" };
  return {
    kind: "down",
    passing: status === 408 || status === 409 || status === 429 || status >= 500,
    retryAfterMs: retryAfter(Object.fromEntries(headers)),
    status,
    sentence: `${meaning(status, model)} (HTTP ${status}`,
  };
}

/**
 * @param silentMs set when the server was given up for its silence
 * @throws the error itself when neither the server nor the network caused it
 */
export function failureOfError(error: unknown, silentMs: number | undefined): CallFailure {
  const down = { kind: "down", passing: true, retryAfterMs: undefined } as const;
  if (silentMs !== undefined)
    return {
      ...down,
      code: "timeout",
      sentence: `The server of the Claude models said nothing for ${Math.round(silentMs / 1000)} s (timeout`,
    };
  if (chain(error).some((link) => link instanceof OversizedAnswer))
    return { kind: "unreadable", problem: "an answer that is far too large" };
  const code = networkCode(error);
  if (code === undefined) throw error;
  return { ...down, code, sentence: `The server of the Claude models cannot be reached (${code}` };
}

function meaning(status: number, model: string): string {
  if (status === 401 || status === 403)
    return "The server of the Claude models refuses the key that the operator of this bot has set in CODEGEN_CLAUDE_KEY";
  if (status === 402)
    return "The account behind the Claude models has no credit left; the operator of this bot has to look after it";
  if (status === 404)
    return `The server of the Claude models does not know \`${model}\`; the operator of this bot has to check CODEGEN_CLAUDE_MODEL and CODEGEN_CLAUDE_URL`;
  if (status === 429) return "The server of the Claude models is at its limit";
  if (status >= 500) return "The server of the Claude models has a failure of its own";
  return `The server of the Claude models refuses the request for \`${model}\`; its log or the bot's says why`;
}
