import { setTimeout as wait } from "node:timers/promises";
import type { Log } from "../../log.ts";
import { OversizedAnswer } from "../model-fetch.ts";
import type { CallTokens } from "../prices.ts";
import { retryPause } from "../retry-after.ts";
import { untilAborted } from "../until-aborted.ts";
import { readAnswer } from "./answer.ts";
import { failureOfError, failureOfStatus, type CallFailure } from "./failure.ts";

export interface Upstream {
  /** Without a slash at its end, and without `/v1`. */
  readonly url: string;
  readonly key: string;
  readonly model: string;
  readonly fetch: typeof globalThis.fetch;
  readonly limits: ForwardLimits;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export interface ForwardLimits {
  /** The longest silence of the server, before its answer and within it. */
  readonly silentMs: number;
  /** All waiting between tries of one call, together. */
  readonly retryTotalMs: number;
  readonly answerBytes: number;
}

export interface ForwardedCall {
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly streamed: boolean;
  /** False for a call that only counts tokens. */
  readonly isMessage: boolean;
}

export type CallEnd =
  | { readonly kind: "answer"; readonly body: string; readonly tokens: Partial<CallTokens> }
  | { readonly kind: "down"; readonly reason: string; readonly passing: boolean }
  | { readonly kind: "too-long" }
  | { readonly kind: "unreadable"; readonly problem: string }
  /** The session is over. */
  | { readonly kind: "stopped" };

/**
 * One call of the model with its tries. The answer is taken in whole before it is passed on, so that one which breaks off is asked for
 * again, and none is passed on that was not counted or that repeats the key.
 * @param onBegun called when the server begins a streamed answer; gives back what to call when the answer is there
 */
export async function forwardCall(
  upstream: Upstream,
  call: ForwardedCall,
  onBegun: () => () => void,
): Promise<CallEnd> {
  const { limits, log, signal } = upstream;
  let waited = 0;
  for (let tries = 1; ; tries += 1) {
    const failure = await ask(upstream, call, onBegun);
    if (signal.aborted) return { kind: "stopped" };
    if (failure.kind !== "down") return failure;
    log.warn({ tries, status: failure.status, code: failure.code, model: upstream.model }, "the model server failed");
    const pause = retryPause(tries, failure.retryAfterMs);
    // A silence has cost its whole time already, so it gets one more try only.
    const silent = failure.code === "timeout" && tries > 1;
    if (!failure.passing || silent || waited + pause > limits.retryTotalMs) {
      const asked =
        failure.retryAfterMs === undefined ? "" : ` It asks to wait ${Math.ceil(failure.retryAfterMs / 1000)} s.`;
      const reason = `${failure.sentence}${tries > 1 ? `, ${tries} tries` : ""}).${asked}`;
      return { kind: "down", reason, passing: failure.passing };
    }
    waited += pause;
    try {
      await wait(pause, undefined, { signal });
    } catch {
      return { kind: "stopped" };
    }
  }
}

type Answer = Extract<CallEnd, { kind: "answer" }>;

async function ask(upstream: Upstream, call: ForwardedCall, onBegun: () => () => void): Promise<Answer | CallFailure> {
  const { url, key, model, limits, fetch, signal } = upstream;
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), limits.silentMs);
  const stop = AbortSignal.any([signal, silence.signal]);
  let finish = () => {};
  try {
    const sent = fetch(`${url}${call.path}${call.query}`, {
      method: "POST",
      headers: { ...call.headers, "x-api-key": key },
      body: new Uint8Array(call.body),
      // The key would go along.
      redirect: "error",
      signal: stop,
    });
    const response = await untilAborted(sent, stop);
    timer.refresh();
    if (response.ok && call.streamed) finish = onBegun();
    const body = await readBody(response, limits.answerBytes, stop, () => timer.refresh());
    if (!response.ok) return failureOfStatus(response.status, response.headers, body, model);
    return readBack(body.replaceAll(key, "[key]"), call);
  } catch (error) {
    if (signal.aborted) return { kind: "unreadable", problem: "nothing" };
    return failureOfError(error, silence.signal.aborted ? limits.silentMs : undefined);
  } finally {
    clearTimeout(timer);
    finish();
  }
}

function readBack(body: string, call: ForwardedCall): Answer | CallFailure {
  if (!call.isMessage) return { kind: "answer", body, tokens: {} };
  const read = readAnswer(body, call.streamed);
  if (read.kind === "answer") return { kind: "answer", body, tokens: read.tokens };
  if (read.kind === "unreadable") return { kind: "unreadable", problem: "an answer that cannot be read" };
  const busy = read.error === "overloaded_error" || read.error === "rate_limit_error";
  return {
    kind: "down",
    passing: true,
    retryAfterMs: undefined,
    sentence: `The server of the Claude models ${busy ? "is at its limit" : "broke off its answer"} (in its stream`,
  };
}

async function readBody(response: Response, limit: number, stop: AbortSignal, onPiece: () => void): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  if (response.body === null) return "";
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await untilAborted(reader.read(), stop);
      if (done) return Buffer.concat(pieces).toString("utf8");
      onPiece();
      size += value.byteLength;
      if (size > limit) throw new OversizedAnswer(`the answer is larger than ${limit} bytes`);
      pieces.push(value);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
