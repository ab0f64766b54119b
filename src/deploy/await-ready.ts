/** Waits until an application shows that it is ready, or until it is clear that it does not become so. */
import { setTimeout as wait } from "node:timers/promises";
import { createProgramLog } from "./program-log.ts";
import { probeHttp, probePort, type Seen } from "./probe.ts";

/** An application that has been started: structurally a program of a sandbox. */
export interface StartedProgram {
  readonly stdout: AsyncIterable<Buffer>;
  readonly stderr: AsyncIterable<Buffer>;
  kill(): void;
  readonly ended: Promise<{ readonly end: string; readonly code: number | null }>;
}

export type Sign =
  | { readonly by: "http"; readonly path: string; readonly port: number }
  | { readonly by: "port"; readonly port: number }
  | { readonly by: "log"; readonly text: string; readonly isPattern: boolean };

export type ReadyEnd =
  | { readonly end: "ready" }
  /** It ended before it was ready: `how` as the sandbox says it. */
  | { readonly end: "ended"; readonly how: string; readonly code: number | null }
  /** The time is up; `seen` is what the last look showed, null where only its log is watched. */
  | { readonly end: "not-ready"; readonly seen: Seen | null };

export interface Watched {
  /** How it went until it was ready or not. */
  readonly ready: Promise<ReadyEnd>;
  /** The end of what it has printed so far. */
  tail(): string;
  /** Null while it runs. */
  readonly ended: { readonly end: string; readonly code: number | null } | null;
}

export interface WatchOptions {
  readonly sign: Sign;
  /** The address on this host by which the sign's port is reached; not called where only the log is watched. */
  readonly addressOf: (port: number) => Promise<string>;
  readonly timeoutMs: number;
  /** Characters of the end of its output that are kept. */
  readonly kept: number;
  /** Bytes of output after which it is stopped: it says nothing any more. */
  readonly mostOutput: number;
  readonly signal: AbortSignal;
  /** Called with pieces of output as they come. */
  readonly onOutput?: (piece: string) => void;
}

const betweenMs = 100;
const longestAnswerMs = 5_000;

/** Reads what the program prints as long as it lives, and looks for its sign. */
export function watchProgram(program: StartedProgram, options: WatchOptions): Watched {
  const { sign } = options;
  const log = createProgramLog(options.kept, sign.by === "log" ? sign : null, options.onOutput);
  let flooded = false;
  const read = async (stream: AsyncIterable<Buffer>) => {
    const add = log.reader();
    for await (const chunk of stream) {
      add(chunk);
      if (log.total <= options.mostOutput || flooded) continue;
      flooded = true;
      program.kill();
    }
  };
  // A stream that breaks off ends with the program, which tells how it went.
  const drained = Promise.allSettled([read(program.stdout), read(program.stderr)]);
  let ended: Watched["ended"] = null;
  const over = program.ended.then(async (end) => {
    await drained;
    return (ended = flooded ? { end: "output-limit", code: null } : end);
  });
  return {
    ready: look(options, () => log.matched, over),
    tail: () => log.tail(),
    get ended() {
      return ended;
    },
  };
}

async function look(
  { sign, addressOf, timeoutMs, signal }: WatchOptions,
  isSaid: () => boolean,
  over: Promise<{ readonly end: string; readonly code: number | null }>,
): Promise<ReadyEnd> {
  const deadline = performance.now() + timeoutMs;
  const address = sign.by === "log" ? null : await addressOf(sign.port);
  const ended = over.then(({ end, code }): ReadyEnd => ({ end: "ended", how: end, code }));
  let seen: Seen | null = null;
  const once = async (): Promise<ReadyEnd | null> => {
    if (sign.by === "log") return isSaid() ? { end: "ready" } : null;
    const left = Math.max(betweenMs, Math.min(longestAnswerMs, deadline - performance.now()));
    const url = address ?? "";
    seen = await (sign.by === "port" ? probePort(url) : probeHttp(url, sign.path, sign.port, left));
    const isReady = sign.by === "port" ? seen.end === "open" : seen.end === "answered" && seen.status < 400;
    return isReady ? { end: "ready" } : null;
  };
  for (;;) {
    signal.throwIfAborted();
    // One that has ended is not ready, whatever it said or answered before.
    const found = await Promise.race([ended, once()]);
    if (found !== null) return found;
    if (performance.now() >= deadline) return { end: "not-ready", seen };
    await Promise.race([wait(betweenMs), ended]);
  }
}
