/** The application of a pull, started in a sandbox: how it went until it was ready, and where it is found from then on. */
import { watchProgram, type Sign } from "../../src/deploy/await-ready.ts";
import type { Sandbox } from "../../src/sandbox/port.ts";
import type { Deploy } from "./decide.ts";

export interface Application {
  /** `ready`, `not-ready`, `ended` by itself before it was ready, or as the sandbox ended it. */
  readonly end: string;
  readonly code: number | null;
  readonly ms: number;
  /** The end of what it printed until then. */
  readonly tail: string;
  readonly wait: { readonly sign: Sign; readonly seen: { readonly end: string; readonly status?: number } | null };
  /** It has ended since. */
  readonly isOver: () => boolean;
}

export interface StartRequest {
  readonly deploy: Deploy;
  readonly timeoutMs: number;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onOutput: (piece: string) => void;
  /** Characters of its log that are kept. */
  readonly kept: number;
}

/** Bytes. What prints as much as that says nothing any more. */
const mostOutput = 20 * 1024 ** 2;

/** Starts it and waits until it is ready or is not going to be. It runs until its sandbox is destroyed. */
export async function startApplication(sandbox: Sandbox, request: StartRequest): Promise<Application> {
  const { deploy, env, timeoutMs, signal, onOutput, kept } = request;
  const started = performance.now();
  const { ready: sign } = deploy;
  const at: Sign = sign.by === "http" ? { ...sign, port: sign.port ?? deploy.port } : sign;
  const program = await sandbox.start({ run: ["/bin/sh", "-c", deploy.start], env, signal });
  program.stdin.end();
  const watched = watchProgram(program, {
    sign: at,
    addressOf: async (port) => (await sandbox.expose(port)).url,
    timeoutMs,
    kept,
    mostOutput,
    signal,
    onOutput,
  });
  const ready = await watched.ready;
  signal.throwIfAborted();
  if (ready.end === "not-ready") program.kill();
  const end = ready.end === "ended" ? (ready.how === "exited" ? "ended" : ready.how) : ready.end;
  return {
    end,
    code: ready.end === "ended" ? ready.code : null,
    ms: Math.round(performance.now() - started),
    tail: watched.tail(),
    wait: { sign: at, seen: ready.end === "not-ready" ? ready.seen : null },
    isOver: () => watched.ended !== null,
  };
}
