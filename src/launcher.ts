import { fork, type ChildProcess } from "node:child_process";
import { messageOf, TransientError } from "./errors.ts";

export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  /** All that the program gets, and where `file` is looked for (PATH). */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  /** ms */
  readonly timeoutMs: number;
  /** Bytes of standard output; default 1 MiB. */
  readonly maxOutput?: number;
  readonly signal?: AbortSignal;
  /** It does not keep this process alive, and ends with it. */
  readonly aside?: boolean;
}

export interface ProgramEnd {
  /** `excess`: more output than allowed; `missing`: there is no such program. The first three kill its process group. */
  readonly end: "timeout" | "aborted" | "excess" | "missing" | "exited";
  /** null when a signal ended it */
  readonly code: number | null;
  readonly stdout: Buffer;
  /** The last 8 192 characters. */
  readonly stderr: string;
}

/** What the small process is told; and what it says: first the pid, then pieces of output, at last how it ended or failed to start. */
export type Order = StartOrder | { readonly stop: number };
export interface StartOrder {
  readonly id: number;
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly input: string | Uint8Array;
  readonly maxOutput: number;
}
export type Answer = { readonly id: number } & (
  | { readonly pid: number }
  | { readonly stdout: Uint8Array }
  | { readonly code: number | null; readonly excess: boolean; readonly stdout: Uint8Array; readonly stderr: string }
  | { readonly error: string; readonly message: string }
);

interface Call {
  readonly file: string;
  readonly aside: boolean;
  readonly stdout: Buffer[];
  pid?: number;
  stopped?: "timeout" | "aborted";
  settle(end: ProgramEnd | Error): void;
}

interface Launcher {
  readonly child: ChildProcess;
  readonly calls: Map<number, Call>;
  idle?: NodeJS.Timeout;
}

// Beside this file, and with no types to strip: that would double the size of the process.
const program = new URL("launcher-child.mjs", import.meta.url);
const idleMs = 60_000;
/** A stopped program is gone in milliseconds; a launcher that says nothing for so long never will. */
const stopMs = 10_000;
let launcher: Launcher | undefined;
let lastId = 0;

/**
 * Runs a program of the host in a process group of its own, in `/`. It is started by a small process of ours, since to start one copies the
 * page tables of the process that does: from the bot's hundreds of megabytes that takes up to 80 ms, in which everything else stands still.
 * The small process is made when it is needed, ends after a minute without use, and takes what it started with it when the bot is killed.
 * @returns how it ended, after all of its group is gone
 * @throws TransientError when the small process ended, which killed the program; an Error with `code` when the system refuses to start it
 */
export function launch(order: Program): Promise<ProgramEnd> {
  const { signal, timeoutMs, aside = false } = order;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return resolve(ended("aborted"));
    const at = (launcher ??= startLauncher());
    const id = ++lastId;
    let last: NodeJS.Timeout | undefined;
    const stop = (why: "timeout" | "aborted") => {
      if (call.stopped !== undefined) return;
      call.stopped = why;
      send(at, { stop: id });
      last = setTimeout(() => at.child.kill("SIGKILL"), stopMs);
    };
    const timer = setTimeout(() => stop("timeout"), timeoutMs);
    if (aside) timer.unref();
    const onAbort = () => stop("aborted");
    signal?.addEventListener("abort", onAbort, { once: true });
    const call: Call = {
      file: order.file,
      aside,
      stdout: [],
      settle(end) {
        at.calls.delete(id);
        clearTimeout(timer);
        clearTimeout(last);
        signal?.removeEventListener("abort", onAbort);
        attend(at);
        if (!(end instanceof Error)) resolve(end);
        else if (call.stopped !== undefined) resolve(ended(call.stopped));
        else reject(end);
      },
    };
    at.calls.set(id, call);
    attend(at);
    const { file, args, env, input = "", maxOutput = 1_048_576 } = order;
    send(at, { id, file, args, env, input, maxOutput });
  });
}

/**
 * The same for a program that is expected to end with 0.
 * @returns its standard output
 * @throws Error with its name, its arguments and the end of its standard error; TransientError as `launch`
 */
export async function launchOrThrow(order: Omit<Program, "signal">): Promise<string> {
  const { end, code, stdout, stderr } = await launch(order);
  if (end === "exited" && code === 0) return stdout.toString("utf8");
  if (end === "missing") throw new Error(`spawn ${order.file} ENOENT: the program is not installed`);
  const ways = {
    exited: code === null ? "killed" : `exit code ${code}`,
    timeout: `no end after ${order.timeoutMs} ms`,
    aborted: "cancelled",
    excess: "too much output",
  };
  throw new Error(`Command failed: ${[order.file, ...order.args].join(" ")} (${ways[end]})\n${stderr.trim()}`);
}

function startLauncher(): Launcher {
  const child = forkLauncher();
  const started: Launcher = { child, calls: new Map() };
  const gone = (how: string, cause?: Error) => {
    if (launcher === started) launcher = undefined;
    for (const call of started.calls.values()) {
      killGroup(call.pid);
      call.settle(
        new TransientError(`${call.file} was cut off: the process that starts programs ended (${how}).`, { cause }),
      );
    }
    clearTimeout(started.idle);
  };
  child.on("message", (answer: Answer) => hear(started, answer));
  // The channel closes after the last answer was read, the exit may be told before.
  let exit: string | undefined;
  let closed = false;
  child.once("exit", (code, signal) => {
    exit = signal ?? `exit code ${code}`;
    if (launcher === started) launcher = undefined;
    if (closed) gone(exit);
  });
  child.once("disconnect", () => {
    closed = true;
    if (launcher === started) launcher = undefined;
    if (exit !== undefined) gone(exit);
  });
  child.on("error", (error) => {
    if (child.pid === undefined) gone(error.message, error);
  });
  return started;
}

function forkLauncher(): ChildProcess {
  try {
    return fork(program, {
      execArgv: [],
      env: {},
      // Not in the bot's group: when that is killed as a whole, this one still ends what it has started.
      detached: true,
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
  } catch (error) {
    throw new TransientError(`The process that starts programs cannot be made: ${messageOf(error)}`, { cause: error });
  }
}

function hear({ calls }: Launcher, answer: Answer): void {
  const call = calls.get(answer.id);
  if (call === undefined) return;
  if ("pid" in answer) call.pid = answer.pid;
  else if ("error" in answer)
    call.settle(
      answer.error === "ENOENT"
        ? ended("missing")
        : Object.assign(new Error(`${call.file} cannot be started: ${answer.message}`), { code: answer.error }),
    );
  else {
    call.stdout.push(bytesOf(answer.stdout));
    if (!("code" in answer)) return;
    const end = call.stopped ?? (answer.excess ? "excess" : "exited");
    call.settle({ end, code: answer.code, stdout: Buffer.concat(call.stdout), stderr: answer.stderr });
  }
}

function send({ child }: Launcher, order: Order): void {
  // It cannot be sent only when the process has ended, or was never made; its own events tell that to every call.
  if (child.connected) child.send(order, () => {});
}

/** While nobody waits for it, it keeps no process alive; while it has nothing to do, it ends after a time. */
function attend(at: Launcher): void {
  clearTimeout(at.idle);
  if ([...at.calls.values()].some(({ aside }) => !aside)) {
    at.child.ref();
    at.child.channel?.ref();
    return;
  }
  at.child.unref();
  at.child.channel?.unref();
  if (at.calls.size > 0) return;
  at.idle = setTimeout(() => {
    if (launcher === at) launcher = undefined;
    if (at.child.connected) at.child.disconnect();
  }, idleMs).unref();
}

function ended(end: ProgramEnd["end"]): ProgramEnd {
  return { end, code: null, stdout: Buffer.alloc(0), stderr: "" };
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** The launcher died and cannot do it. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It ended by itself in between.
  }
}
