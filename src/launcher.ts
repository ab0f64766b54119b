import { spawn, type ChildProcess } from "node:child_process";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { getSystemErrorMessage, getSystemErrorName } from "node:util";
import { messageOf, TransientError, UserError } from "./errors.ts";

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

interface Call {
  readonly file: string;
  readonly aside: boolean;
  readonly stdout: Buffer[];
  /** What is left of it */
  input: Buffer;
  pid?: number;
  stopped?: "timeout" | "aborted";
  settle(end: ProgramEnd | Error): void;
}

interface Launcher {
  readonly child: ChildProcess;
  /** Both ways: a length (4 bytes, big-endian), a letter, the number of the call (4 bytes), and what belongs to it. */
  readonly channel: Socket;
  readonly calls: Map<number, Call>;
  idle?: NodeJS.Timeout;
}

const program = fileURLToPath(new URL("launcher.pl", import.meta.url));
const idleMs = 60_000;
/** A stopped program is gone in milliseconds; a launcher that says nothing for so long never will. */
const stopMs = 10_000;
const headBytes = 9;
const pieceBytes = 1_048_576;
const stderrChars = 8_192;
let launcher: Launcher | undefined;
let lastId = 0;

/**
 * Runs a program of the host in a process group of its own, in `/`. It is started by a small process of ours, since to start one copies the
 * page tables of the process that does: from the bot's hundreds of megabytes that takes up to 80 ms, in which everything else stands still.
 * The small process is made when it is needed, ends after a minute without use, and takes what it started with it when the bot is killed.
 * @returns how it ended, after all of its group is gone
 * @throws TransientError when the small process ended, which killed the program; UserError when there is no perl for it; an Error when the system
 * refuses to start the program, with the system's `code`, or when a string has a null byte
 */
export function launch(order: Program): Promise<ProgramEnd> {
  const { signal, timeoutMs, aside = false } = order;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return resolve(ended("aborted"));
    const content = contentOf(order);
    const at = (launcher ??= startLauncher());
    const id = ++lastId;
    let last: NodeJS.Timeout | undefined;
    const stop = (why: "timeout" | "aborted") => {
      if (call.stopped !== undefined) return;
      call.stopped = why;
      send(at, "k", id);
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
      input: Buffer.from(order.input ?? ""),
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
    send(at, "s", id, ...content, ...pieceOf(call));
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

/** The bound of the output, command and variables, as launcher.pl takes them apart. */
function contentOf({ file, args, env, maxOutput = 1_048_576 }: Program): Buffer[] {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const most = Buffer.alloc(4);
  most.writeUInt32BE(Math.min(maxOutput, 0xffffffff));
  return [most, ...fields([file, ...args]), ...fields(variables)];
}

/** The next piece of the input, behind whether more follow: nothing piles up in the small process. */
function pieceOf(call: Call): Buffer[] {
  const piece = call.input.subarray(0, pieceBytes);
  call.input = call.input.subarray(pieceBytes);
  return [Buffer.of(call.input.length > 0 ? 1 : 0), piece];
}

function fields(strings: readonly string[]): [Buffer, Buffer] {
  if (strings.some((string) => string.includes("\0"))) throw new Error("A program cannot be given null bytes.");
  const text = Buffer.from(strings.join("\0"));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return [length, text];
}

function startLauncher(): Launcher {
  const child = spawnLauncher();
  // Where the system gives no process, there may be no pipe to it either; "error" says so to every call.
  const pipes: ChildProcess["stdio"] | undefined = child.stdio;
  const channel = (pipes?.[3] ?? new Socket()) as Socket;
  const started: Launcher = { child, channel, calls: new Map() };
  const gone = (why: (file: string) => Error) => {
    if (launcher === started) launcher = undefined;
    for (const call of started.calls.values()) {
      killGroup(call.pid);
      call.settle(why(call.file));
    }
    clearTimeout(started.idle);
  };
  const cutOff = (how: string) =>
    gone((file) => new TransientError(`${file} was cut off: the process that starts programs ended (${how}).`));
  channel.on("data", reader(started));
  // The channel closes after the last answer was read, the exit may be told before.
  let exit: string | undefined;
  let closed = false;
  child.once("exit", (code, signal) => {
    exit = signal ?? `exit code ${code}`;
    if (launcher === started) launcher = undefined;
    if (closed) cutOff(exit);
  });
  channel.on("error", () => channel.destroy());
  channel.once("close", () => {
    closed = true;
    if (launcher === started) launcher = undefined;
    if (exit !== undefined) cutOff(exit);
  });
  child.on("error", (error) => {
    if (child.pid === undefined) gone(() => notMade(error));
  });
  return started;
}

function spawnLauncher(): ChildProcess {
  try {
    return spawn("perl", [program], {
      env: { PATH: "/usr/local/bin:/usr/bin:/bin" },
      // Not in the bot's group: when that is killed as a whole, this one still ends what it has started.
      detached: true,
      stdio: ["ignore", "ignore", "inherit", "pipe"],
    });
  } catch (error) {
    throw notMade(error);
  }
}

function notMade(cause: unknown): Error {
  if (cause instanceof Error && "code" in cause && cause.code === "ENOENT")
    return new UserError("perl is missing: run `apt-get install perl-base` (or install your system's package of it).");
  return new TransientError(`The process that starts programs cannot be made: ${messageOf(cause)}`, { cause });
}

/** Takes apart what comes: an answer may come in pieces, and several at once. */
function reader(at: Launcher): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let bytes = 0;
  let wanted = headBytes;
  return (chunk) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes < wanted) return;
    let rest = chunks.length === 1 ? chunk : Buffer.concat(chunks, bytes);
    wanted = headBytes;
    while (rest.length >= wanted) {
      wanted = 4 + rest.readUInt32BE(0);
      if (rest.length < wanted) break;
      hear(at, rest.toString("latin1", 4, 5), rest.readUInt32BE(5), rest.subarray(headBytes, wanted));
      rest = rest.subarray(wanted);
      wanted = headBytes;
    }
    chunks = [rest];
    bytes = rest.length;
  };
}

/** First the pid, then pieces of output and wishes for input, at last how it ended; or why it was not started. */
function hear(at: Launcher, letter: string, id: number, content: Buffer): void {
  const call = at.calls.get(id);
  if (call === undefined) return;
  if (letter === "p") call.pid = content.readUInt32BE();
  else if (letter === "i") send(at, "i", id, ...pieceOf(call));
  else if (letter === "o") call.stdout.push(content);
  else if (letter === "e") {
    const code = content.readInt32BE();
    const excess = content[4] === 1;
    const stdoutFrom = headBytes + content.readUInt32BE(5);
    const stderr = content.toString("utf8", headBytes, stdoutFrom).slice(-stderrChars);
    const stdout = Buffer.concat([...call.stdout, content.subarray(stdoutFrom)]);
    const end = call.stopped ?? (excess ? "excess" : "exited");
    call.settle({ end, code: code < 0 ? null : code, stdout, stderr });
  } else call.settle(refusal(call.file, -content.readUInt32BE()));
}

function refusal(file: string, error: number): ProgramEnd | Error {
  const code = getSystemErrorName(error);
  if (code === "ENOENT") return ended("missing");
  return Object.assign(new Error(`${file} cannot be started: ${getSystemErrorMessage(error)} (${code})`), { code });
}

function send({ channel }: Launcher, letter: string, id: number, ...content: readonly Buffer[]): void {
  // It cannot be sent only when the process has ended, or was never made; its own events tell that to every call.
  if (!channel.writable) return;
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(content.reduce((bytes, { length }) => bytes + length, headBytes - 4));
  head.write(letter, 4, "latin1");
  head.writeUInt32BE(id, 5);
  channel.cork();
  for (const part of [head, ...content]) channel.write(part);
  channel.uncork();
}

/** While nobody waits for it, it keeps no process alive; while it has nothing to do, it ends after a time. */
function attend(at: Launcher): void {
  clearTimeout(at.idle);
  if ([...at.calls.values()].some(({ aside }) => !aside)) {
    at.child.ref();
    at.channel.ref();
    return;
  }
  at.child.unref();
  at.channel.unref();
  if (at.calls.size > 0) return;
  at.idle = setTimeout(() => {
    if (launcher === at) launcher = undefined;
    at.channel.destroy();
  }, idleMs).unref();
}

function ended(end: ProgramEnd["end"]): ProgramEnd {
  return { end, code: null, stdout: Buffer.alloc(0), stderr: "" };
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
