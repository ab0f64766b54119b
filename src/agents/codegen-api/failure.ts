import { isNativeError } from "node:util/types";
import { OversizedAnswer } from "../model-fetch.ts";
import { networkCode } from "../network-code.ts";
import { retryAfter } from "../retry-after.ts";

/** A call without a useful answer. The message is a sentence of ours: what the service says may repeat the token. */
export class CodegenApiFailure extends Error {
  override readonly name = "CodegenApiFailure";
  /** Waiting may help. */
  readonly passing: boolean;
  /** The service may have done what was asked. */
  readonly unknownOutcome: boolean;
  readonly retryAfterMs: number | undefined;
  constructor(
    message: string,
    traits: { passing: boolean; unknownOutcome: boolean; retryAfterMs?: number | undefined },
  ) {
    super(message);
    this.passing = traits.passing;
    this.unknownOutcome = traits.unknownOutcome;
    this.retryAfterMs = traits.retryAfterMs;
  }
}

/** The failure in an answer's status. */
export function readApiFailure({ status, headers }: Response): CodegenApiFailure {
  const passing = status === 408 || status === 429 || status >= 500;
  const retryAfterMs = retryAfter(Object.fromEntries(headers));
  const asked = retryAfterMs === undefined ? "" : ` It asks to wait ${Math.ceil(retryAfterMs / 1000)} s.`;
  return new CodegenApiFailure(`${meaning(status)} (HTTP ${status}).${asked}`, {
    passing,
    unknownOutcome: status >= 500 || status === 408,
    retryAfterMs,
  });
}

/**
 * The failure behind what a call threw.
 * @throws the error itself when it is a fault of ours
 */
export function failureOf(error: unknown, timedOutMs: number | undefined): CodegenApiFailure {
  if (error instanceof CodegenApiFailure) return error;
  if (timedOutMs !== undefined)
    return passingFailure(`The Codegen API did not answer within ${Math.round(timedOutMs / 1000)} s.`);
  if (
    error instanceof OversizedAnswer ||
    (isNativeError(error) && /^(ZodError|\$ZodError|SyntaxError)$/.test(error.name))
  )
    return passingFailure("The Codegen API gave an answer that cannot be read.");
  const code = networkCode(error);
  if (code === undefined) throw error;
  return passingFailure(`The Codegen API cannot be reached (${code}).`);
}

function passingFailure(message: string): CodegenApiFailure {
  return new CodegenApiFailure(message, { passing: true, unknownOutcome: true });
}

function meaning(status: number): string {
  if (status === 401)
    return "The Codegen API refuses the token that the operator of this bot has set in CODEGEN_API_TOKEN";
  if (status === 402)
    return "The Codegen plan of this bot's operator allows no more agent runs; the operator has to look after it";
  if (status === 403)
    return "The Codegen API refuses access to the organisation; the operator of this bot has to check CODEGEN_API_TOKEN and CODEGEN_API_ORG";
  if (status === 404)
    return "The Codegen API does not know what it is asked for; the operator of this bot has to check CODEGEN_API_ORG and CODEGEN_API_URL";
  if (status === 429) return "The Codegen API is at its limit";
  if (status >= 500) return "The Codegen API has a failure of its own";
  return "The Codegen API refuses the request; the bot's log says more";
}
