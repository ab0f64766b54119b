import { EventEmitter } from "node:events";
import { PassThrough, Transform, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { SpawnedProcess, SpawnOptions } from "@anthropic-ai/claude-agent-sdk";
import type { Log } from "../../log.ts";
import type { AgentWorkspace, RunningProgram, WorkspaceProgram } from "../port.ts";

export interface ProgramRequest {
  readonly start: NonNullable<AgentWorkspace["start"]>;
  readonly env: Readonly<Record<string, string>>;
  readonly readOnly: boolean;
  readonly service: WorkspaceProgram["service"];
  readonly signal: AbortSignal;
  readonly log: Log;
  /** The program could not be started, or has ended; called once. */
  onEnd(end: ProgramEnd): void;
}

export type ProgramEnd =
  { readonly error: unknown } | { readonly end: string; readonly code: number | null; readonly flooded: boolean };

export interface SandboxedProgram {
  /** What the SDK calls in place of its own start of the program. */
  spawn(options: SpawnOptions): SpawnedProcess;
  /** Kills it, and is done when nothing of it runs any more. */
  stop(): Promise<void>;
}

/** Where the program is inside. */
const inside = "/opt/claude";
/** One message of the program, and all of them. */
const longestLine = 32 * 1024 ** 2;
const mostOutput = 512 * 1024 ** 2;
const errorsKept = 4_000;

/** Starts the program of the SDK in the sandbox instead of on the host. */
export function sandboxedProgram(request: ProgramRequest): SandboxedProgram {
  let started: Promise<RunningProgram> | undefined;
  return {
    spawn: ({ command, args }) => {
      const shown = { source: command, at: inside };
      const { env, readOnly, service, signal } = request;
      started = request.start({ run: [inside, ...args], env, readOnly, service, signal, mounts: [shown] });
      const process = new ProgramProcess();
      void attend(request, process, started);
      return process;
    },
    stop: async () => {
      const program = await started?.catch(() => undefined);
      program?.kill();
      await program?.ended;
    },
  };
}

/** A process as the SDK wants it, before the real one is there. */
class ProgramProcess extends EventEmitter implements SpawnedProcess {
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  killed = false;
  exitCode: number | null = null;
  kill(): boolean {
    this.killed = true;
    this.emit("kill");
    return true;
  }
}

/** Joins the process that the SDK knows with the program in the sandbox, until that one ends. */
async function attend(
  request: ProgramRequest,
  process: ProgramProcess,
  started: Promise<RunningProgram>,
): Promise<void> {
  const exit = (code: number) => {
    process.exitCode = code;
    process.emit("exit", code, null);
  };
  try {
    const program = await started;
    process.on("kill", () => program.kill());
    if (process.killed) program.kill();
    const errors = keepEnd(program.stderr);
    const flood = floodGate(() => program.kill());
    void joined(pipeline(process.stdin, program.stdin));
    void joined(pipeline(program.stdout, flood.gate, process.stdout));
    const { end, code } = await program.ended;
    process.stdin.destroy();
    request.log.debug({ end, code, errors: errors() }, "the program of the Claude Agent SDK ended");
    request.onEnd({ end, code, flooded: flood.flooded() });
    exit(code ?? 137);
  } catch (error) {
    request.onEnd({ error });
    process.stdout.end();
    exit(127);
  }
}

/** A stream that breaks is the end of the program, which is told elsewhere. */
function joined(streams: Promise<void>): Promise<void> {
  return streams.catch(() => undefined);
}

/** The SDK keeps a message in memory until its line ends: a program without line ends would fill the bot's. */
function floodGate(onFlood: () => void): { readonly gate: Transform; flooded(): boolean } {
  let flooded = false;
  let line = 0;
  let all = 0;
  const gate = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (flooded) return done();
      const end = chunk.lastIndexOf(10);
      line = end === -1 ? line + chunk.length : chunk.length - end - 1;
      all += chunk.length;
      if (line <= longestLine && all <= mostOutput) return done(null, chunk);
      flooded = true;
      onFlood();
      done();
    },
  });
  return { gate, flooded: () => flooded };
}

/** The end of what a program says about its troubles. */
function keepEnd(stream: Readable): () => string {
  let kept = "";
  stream.on("data", (piece: Buffer) => void (kept = (kept + piece.toString("utf8")).slice(-errorsKept)));
  stream.on("error", () => stream.destroy());
  return () => kept;
}
