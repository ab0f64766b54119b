/** Live pages: each viewer is told what is new in the store, by server-sent events, until the run ends. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createSession } from "better-sse";
import type { Clock } from "../../../src/clock.ts";
import { messageOf } from "../../../src/errors.ts";
import type { Log } from "../../../src/log.ts";
import { readChanges, type PageStore } from "./read.ts";
import { updateOf } from "./update.ts";

export interface Viewers {
  /** Streams until the run ends, the viewer leaves, or the process closes. With too many viewers it refuses: the page then asks now and then. */
  follow(request: IncomingMessage, response: ServerResponse, runId: string, after: number): Promise<void>;
  close(): void;
}

export interface ViewersOptions {
  readonly store: PageStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Viewers at once; each costs a look at the store twice a second. */
  readonly most?: number;
}

const lookEveryMs = 500;
const heartbeatMs = 15_000;
/** Then the browser comes back, and its link is looked at again. */
const longestMs = 15 * 60_000;
const mostUnsent = 1024 ** 2;
const refusal = { "retry-after": "5", "cache-control": "no-store", connection: "close" };

export function createViewers({ store, clock, log, most = 50 }: ViewersOptions): Viewers {
  const closing = new AbortController();
  let viewers = 0;

  const stream = async (request: IncomingMessage, response: ServerResponse, runId: string, after: number) => {
    const session = await createSession(request, response, {
      keepAlive: heartbeatMs,
      retry: 2_000,
      // Else the connection stays open for the next request, and a process that ends waits for it.
      headers: { connection: "close" },
    });
    const left = new AbortController();
    session.once("disconnected", () => left.abort());
    const signal = AbortSignal.any([left.signal, closing.signal, AbortSignal.timeout(longestMs)]);
    let seq = /^\d{1,9}$/.test(session.lastId) ? Number(session.lastId) : after;
    let told = "";
    while (!signal.aborted) {
      // Who reads slowly is told less often, not more at once.
      const changes = response.writableLength < mostUnsent ? await readChanges(store, runId, seq) : undefined;
      if (changes === null) break;
      if (changes !== undefined) {
        const update = updateOf(changes, clock.now());
        const text = JSON.stringify({ ...update, steps: update.steps.map(untimed), logs: update.logs.map(untimed) });
        if (text !== told && session.isConnected) session.push(update, "update", String(update.seq));
        told = text;
        seq = update.seq;
        if (update.ended) break;
        if (update.more) continue;
      }
      await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
    }
    response.end();
  };
  return {
    async follow(request, response, runId, after) {
      if (viewers >= most || closing.signal.aborted) {
        response.writeHead(503, refusal).end();
        return;
      }
      viewers += 1;
      try {
        await stream(request, response, runId, after);
      } catch (error) {
        log.warn({ run: runId, error: messageOf(error) }, "a live page broke off");
        if (response.headersSent) response.end();
        else response.writeHead(503, refusal).end();
      } finally {
        viewers -= 1;
      }
    },
    close: () => closing.abort(),
  };
}

/** Passing time alone is no news. */
function untimed<T extends { readonly time: string }>(shown: T): T {
  return { ...shown, time: "" };
}
