import type { Duplex } from "node:stream";
import { randomBytes } from "node:crypto";
import { finished } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import type { SandboxCommand } from "../port.ts";
import { demultiplex, type StreamName } from "./demultiplex.ts";
import { statusOf, type Engine } from "./engine.ts";
import type { LiveContainer } from "./live-container.ts";
import { killCommand, noDirectory, superviseCommand } from "./supervise.ts";

export interface ExecutionOrder {
  readonly run: SandboxCommand["run"];
  /** Absolute, inside. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Both streams as one, in order. */
  readonly merge: boolean;
  readonly tty: boolean;
  /** Nothing else runs in the container: temporary directories are emptied before. */
  readonly alone: boolean;
  /** Is waited for, so that a slow reader slows the command down. */
  take(name: StreamName, chunk: Buffer): Promise<void> | void;
}

/** A command that the engine executes in a container. */
export interface Execution {
  /** Its standard input; ended by `end()`. */
  readonly stdin: Duplex;
  /** Ends it and everything that it started; where that cannot be had otherwise, the whole container. */
  kill(): void;
  /** Never rejects; after the last output was taken. */
  readonly ended: Promise<ExecutionEnd>;
}

export interface ExecutionEnd {
  /** Absent when the container died, or the engine went away. */
  readonly code?: number;
  /** Why it was not started. */
  readonly failure?: string;
}

/** How long a killed command may take to be gone before its container is killed. */
const killMs = 3_000;
/** The engine tells the end of the output before it knows the exit code. */
const settleMs = 5_000;
const closeMs = 1_000;

/** @throws as `Engine.ask` */
export async function execute(engine: Engine, container: LiveContainer, order: ExecutionOrder): Promise<Execution> {
  const token = randomBytes(12).toString("hex");
  const exec = await engine.ask("execute a command", (_docker, abortSignal) =>
    container.api.exec({
      Cmd: [...superviseCommand({ ...order, token })],
      Env: environmentOf(order.env),
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: order.tty,
      abortSignal,
    }),
  );
  const stream = await engine.ask("execute a command", (_docker, abortSignal) =>
    exec.start({ hijack: true, stdin: true, Tty: order.tty, abortSignal }),
  );
  stream.on("error", () => stream.destroy());
  // A container that died takes its connections along, if the engine still can.
  void container.died.then(() => pause(closeMs, undefined, { ref: false })).then(() => stream.destroy());
  let said = "";
  const take = (name: StreamName, chunk: Buffer) => {
    if (said.length < 4_096) said += chunk.toString("latin1");
    return order.take(name, chunk);
  };
  const drained = (order.tty ? passOn(stream, take) : demultiplex(stream, take)).catch((error: unknown) => {
    stream.destroy();
    if (!isCutOff(error)) throw error;
  });
  const told = drained.then(endOf).catch(() => ({}));
  let killing: Promise<void> | undefined;
  return {
    stdin: stream,
    // The engine tells the end of what it executed, while others that were killed with it may not be gone yet.
    ended: told.then(async (end) => {
      await killing;
      return end;
    }),
    kill() {
      killing ??= (async () => {
        const over = killInside(engine, container, token).then(async (done) => done && told.then(() => true));
        if (await Promise.race([over, pause(killMs, false, { ref: false })])) return;
        await container.kill();
        stream.destroy();
      })();
    },
  };

  async function endOf(): Promise<ExecutionEnd> {
    const until = performance.now() + settleMs;
    for (let wait = 5; ; wait *= 2) {
      if (container.isDead) return {};
      const state = await engine
        .ask("tell how a command ended", (_docker, abortSignal) => exec.inspect({ abortSignal }))
        .catch((error: unknown) => {
          if (statusOf(error) === undefined) throw error;
        });
      // The engine forgets what was executed in a container that is gone.
      if (state === undefined) return {};
      if (!state.Running && state.ExitCode !== null) {
        if (said === noDirectory(token))
          return { failure: `the workspace has no directory ${JSON.stringify(order.cwd)}` };
        return state.Pid === 0 ? { failure: readable(said) } : { code: state.ExitCode };
      }
      if (performance.now() > until) return {};
      await pause(Math.min(wait, 200));
    }
  }
}

/** As the engine takes it. */
export function environmentOf(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env).map((pair) => pair.join("="));
}

/** Whether a stream ended since its other end is gone. */
export function isCutOff(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    /^(?:ERR_STREAM_PREMATURE_CLOSE|ECONNRESET|EPIPE)$/.test(String(error.code))
  );
}

/** @returns whether all that was to end is gone */
async function killInside(engine: Engine, { api }: LiveContainer, token: string): Promise<boolean> {
  try {
    await engine.ask("end a command", async (_docker, abortSignal) => {
      const killer = await api.exec({ Cmd: [...killCommand(token)], AttachStdout: true, abortSignal });
      const stream = await killer.start({ hijack: true, abortSignal });
      await finished(stream.resume(), { signal: abortSignal }).finally(() => stream.destroy());
    });
    return true;
  } catch {
    return false;
  }
}

async function passOn(stream: Duplex, take: ExecutionOrder["take"]): Promise<void> {
  for await (const chunk of stream as AsyncIterable<Buffer>) await take("stdout", chunk);
}

/** Without the control characters of the frame and the terminal. */
function readable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]+/g, " ").trim();
}
