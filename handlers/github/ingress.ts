/**
 * The door for webhooks, in front of Probot, whose own HTTP path takes bodies of any size before it looks at the
 * signature and has no time limit. Here the size is capped while the body comes in, the signature is checked over the raw
 * bytes, and the answer 202 is given only after the queue has the jobs: a delivery is either kept or known to have failed.
 * Works on a plain `node:http` request; must come before anything that reads the body.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Log } from "../../src/log.ts";
import {
  isRefusal,
  maxBodyBytes,
  readHeaders,
  readPayload,
  tooLarge,
  verifiedSecret,
  wrongSignature,
  type DeliveryHeaders,
  type Refusal,
} from "./delivery.ts";
import type { Receive } from "./receive.ts";

export const webhookPath = "/api/github/webhooks";

/** What became of one request, for the metrics, the deliveries table and the log. */
export interface Answered {
  readonly status: number;
  readonly outcome: string;
  readonly ms: number;
  readonly headers?: DeliveryHeaders;
  readonly payload?: object;
}

export interface IngressOptions {
  readonly receive: Receive;
  /** The one in use first, then the one it replaces. */
  readonly secrets: readonly string[];
  readonly log: Log;
  /** Called after the answer is on its way. */
  readonly onAnswered: (answered: Answered) => void;
  /** A body that takes longer is given up. */
  readonly bodyTimeoutMs?: number;
}

const defaultBodyTimeoutMs = 15_000;
const lingerMs = 1_000;
const retryAfterSeconds = 30;
/** Bodies over a megabyte share this much memory; whoever comes then is asked to come back. Usual ones always fit. */
const sharedBytes = 128 * 1024 * 1024;
const usualBytes = 1024 * 1024;
const busy: Refusal = { status: 503, error: "too many large bodies at once; it can be delivered again" };

/** Takes one request from its first byte to its answer. Never rejects. */
export function createIngress(
  options: IngressOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  if (options.secrets.length === 0) throw new RangeError("an ingress without a secret would believe anybody");
  const held = { bytes: 0 };
  return async (request, response) => {
    const start = performance.now();
    const tell = (status: number, outcome: string, known: Pick<Answered, "headers" | "payload"> = {}): void =>
      options.onAnswered({ status, outcome, ms: performance.now() - start, ...known });
    const headers = readHeaders(request.method ?? "", request.headers);
    const refuse = (refusal: Refusal): void => {
      answer(request, response, refusal.status, { error: refusal.error });
      tell(refusal.status, `refused: ${refusal.error}`, isRefusal(headers) ? {} : { headers });
    };
    if (isRefusal(headers)) return refuse(headers);
    const body = await readBody(request, options.bodyTimeoutMs ?? defaultBodyTimeoutMs, held);
    if (body === null) return tell(0, "refused: the sender went away");
    if (isRefusal(body)) return refuse(body);
    if (verifiedSecret(body, headers.signature, options.secrets) === null) return refuse(wrongSignature);
    const read = readPayload(body);
    if (isRefusal(read)) return refuse(read);
    const known = { headers, payload: read.payload };
    try {
      const settled = await options.receive({ id: headers.id, name: headers.event, payload: read.payload });
      if ("failed" in settled) throw settled.failed;
      answer(request, response, 202, { delivery: headers.id, outcome: settled.outcome });
      tell(202, settled.outcome, known);
    } catch (error) {
      options.log.error({ err: error, delivery: headers.id, event: headers.event }, "the delivery could not be queued");
      answer(request, response, 503, { error: "the delivery could not be queued; it can be delivered again" });
      tell(503, "failed: not queued", known);
    }
  };
}

/** The whole body, a refusal, or null when the sender broke off. */
function readBody(
  request: IncomingMessage,
  timeoutMs: number,
  held: { bytes: number },
): Promise<Buffer | Refusal | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (result: Buffer | Refusal | null): void => {
      clearTimeout(timer);
      held.bytes -= size;
      request.off("data", onData).off("end", onEnd).off("close", onGone).off("error", onGone);
      request.on("error", ignoreLateError);
      resolve(result);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      held.bytes += chunk.length;
      if (size > maxBodyBytes) end(tooLarge);
      else if (size > usualBytes && held.bytes > sharedBytes) end(busy);
      else chunks.push(chunk);
    };
    const onEnd = (): void => end(Buffer.concat(chunks, size));
    const onGone = (): void => end(null);
    const timer = setTimeout(
      () => end({ status: 408, error: `the body did not arrive within ${timeoutMs / 1000} s` }),
      timeoutMs,
    );
    request.on("data", onData).on("end", onEnd).on("close", onGone).on("error", onGone);
  });
}

/** The request has been answered; a connection that breaks now is nobody's loss. */
function ignoreLateError(): void {}

function answer(request: IncomingMessage, response: ServerResponse, status: number, content: object): void {
  if (response.destroyed) return;
  const text = JSON.stringify(content);
  const whole = request.complete;
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    "x-content-type-options": "nosniff",
    ...(status === 405 && { allow: "POST" }),
    ...(status === 503 && { "retry-after": String(retryAfterSeconds) }),
    ...(!whole && { connection: "close" }),
  });
  if (whole) response.end(text);
  else linger(request, response, text);
}

/**
 * Answers a sender who is still sending. Closing at once would reset the connection before the answer is read, so
 * what still comes is thrown away, for a second at most.
 */
function linger(request: IncomingMessage, response: ServerResponse, text: string): void {
  const close = (): void => {
    clearTimeout(timer);
    response.end();
    request.destroy();
  };
  const timer = setTimeout(close, lingerMs);
  response.write(text);
  request.on("end", close).on("close", close).resume();
}
