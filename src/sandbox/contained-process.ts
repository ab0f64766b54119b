import { spawn } from "node:child_process";
import { chownSync, closeSync, constants, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { PassThrough, type Readable, type Writable } from "node:stream";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launchOrThrow } from "../launcher.ts";
import { hostEnvironment } from "./host-environment.ts";
import { ownedName } from "./owner.ts";

export interface ContainedStart {
  readonly argv: readonly string[];
  /** Contents of the descriptors from 4 on. */
  readonly inputs: readonly (string | Uint8Array)[];
  /** `pipes` for who speaks with the command while it runs. */
  readonly io: ContainedOutput | "pipes";
}

export interface ContainedOutput {
  readonly stdin: string;
  /** Owner of the output pipe, so that the command can open /dev/stdout and /dev/stderr. */
  readonly uid?: number;
  onOutput(chunk: Buffer): void;
}

/** A started bubblewrap. */
export interface Contained {
  readonly pid: number;
  /** Standard input, output and error, where they were asked for. */
  readonly pipes: readonly [Writable, Readable, Readable] | undefined;
  /** Kills the first process of the PID namespace, and with it everything inside. */
  kill(): void;
  readonly ended: Promise<ContainedEnd>;
}

export interface ContainedEnd {
  /** What bubblewrap says about the command; absent when it did not come so far or was killed. */
  readonly exitCode?: number;
  /** Whether bubblewrap itself was ended by a signal. */
  readonly signalled: boolean;
}

/** How long the pipe may stay open after the last process must have gone. */
const drainMs = 3_000;
const startMs = 1_000;

/**
 * Starts a command whose two output streams are one FIFO, or pipes. Node's own pipes are sockets, which a command cannot open again
 * as /dev/stderr, and two of them lose the order of what was written.
 */
export async function startContained(start: ContainedStart): Promise<Contained> {
  const { stdio, reader, close } = await openStreams(start);
  const [file = "", ...args] = start.argv;
  const child = (() => {
    try {
      return spawn(file, args, { cwd: "/", env: hostEnvironment, stdio });
    } catch (error) {
      if (reader !== undefined) closeSync(reader);
      throw error;
    } finally {
      close();
    }
  })();
  const { io } = start;
  const output = reader === undefined ? undefined : new Socket({ fd: reader, readable: true, writable: false });
  if (io !== "pipes") output?.on("data", (chunk: Buffer) => io.onOutput(chunk));
  const drained = new Promise<void>((resolve) => {
    if (output === undefined) return resolve();
    output.once("close", () => resolve());
  });
  output?.on("error", () => output.destroy());

  let status = "";
  let wanted = false;
  const statusStream = child.stdio[3];
  const killNow = () => {
    const inner = Number(/"child-pid": (\d+)/.exec(status)?.[1] ?? 0);
    // First the inner one: while bubblewrap lives it cannot be reaped, and its pid belongs to nobody else.
    if (inner > 0 && child.exitCode === null && child.signalCode === null) signal(inner);
    child.kill("SIGKILL");
  };
  if (statusStream instanceof Socket) {
    statusStream.on("data", (chunk: Buffer) => {
      status += chunk.toString();
      if (wanted) killNow();
    });
    statusStream.on("error", () => statusStream.destroy());
  }
  const ended = new Promise<ContainedEnd>((resolve, reject) => {
    child.once("error", (error) => {
      output?.destroy();
      reject(error);
    });
    child.once("exit", () => {
      const timer = setTimeout(() => {
        output?.destroy();
        for (const stream of child.stdio) if (stream instanceof Socket) stream.destroy();
      }, drainMs);
      child.once("close", () => void drained.then(() => clearTimeout(timer)));
    });
    child.once("close", (_code, by) => {
      const exitCode = /"exit-code": (\d+)/.exec(status)?.[1];
      const end = { signalled: by !== null, ...(exitCode === undefined ? {} : { exitCode: Number(exitCode) }) };
      void drained.then(() => resolve(end));
    });
  });
  return {
    pid: child.pid ?? 0,
    pipes:
      child.stdin === null || child.stdout === null || child.stderr === null
        ? undefined
        : [child.stdin, keptFor(child.stdout), keptFor(child.stderr)],
    kill() {
      if (wanted) return;
      wanted = true;
      // Before bubblewrap has told its child there is a moment in which killing it would orphan the child.
      if (status !== "") return killNow();
      const timer = setTimeout(killNow, startMs);
      child.once("close", () => clearTimeout(timer));
    },
    ended,
  };
}

/** Node throws away what was not read of a program's output when the program ends; who asked for it may come later. */
function keptFor(stream: Readable): Readable {
  const kept = new PassThrough();
  stream.pipe(kept);
  // Also where it is cut off, since something still holds the other end.
  stream.once("close", () => kept.end());
  return kept;
}

async function openStreams(start: ContainedStart) {
  const directory = await mkdtemp(join(tmpdir(), ownedName("streams-")));
  const opened: number[] = [];
  const open = (path: string, flags: number) => {
    const descriptor = openSync(path, flags);
    opened.push(descriptor);
    return descriptor;
  };
  const close = () => {
    for (const descriptor of opened) closeSync(descriptor);
  };
  const written = (name: string, content: string | Uint8Array) => {
    const path = join(directory, name);
    writeFileSync(path, content, { mode: 0o444 });
    return open(path, constants.O_RDONLY);
  };
  try {
    const inputs = start.inputs.map((content, index) => written(String(index), content));
    const stdio: (number | "pipe" | "ignore")[] = ["pipe", "pipe", "pipe", "pipe", ...inputs];
    let reader: number | undefined;
    if (start.io !== "pipes") {
      const { stdin, uid } = start.io;
      const fifo = join(directory, "output");
      await launchOrThrow({ file: "mkfifo", args: ["-m", "600", fifo], env: hostEnvironment, timeoutMs: 10_000 });
      if (uid !== undefined) chownSync(fifo, uid, uid);
      const input = stdin === "" ? open("/dev/null", constants.O_RDONLY) : written("stdin", stdin);
      reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
      const writer = open(fifo, constants.O_WRONLY);
      stdio.splice(0, 3, input, writer, writer);
    }
    for (const stray of strayDescriptors().filter((descriptor) => descriptor >= stdio.length)) {
      while (stdio.length < stray) stdio.push("ignore");
      stdio.push(open("/dev/null", constants.O_RDONLY));
    }
    return { stdio, reader, close };
  } catch (error) {
    close();
    throw error;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * What whoever started the bot left open without meaning to: Node marks as private only what lies close together, and
 * the rest would be open in the sandbox too. Each is covered with /dev/null.
 */
function strayDescriptors(): number[] {
  const closeOnExec = 0o2000000;
  const isInherited = (descriptor: string) => {
    try {
      const flags = /^flags:\s+([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8"))?.[1] ?? "0";
      return (Number.parseInt(flags, 8) & closeOnExec) === 0;
    } catch {
      // The descriptor of the listing itself is closed by now.
      return false;
    }
  };
  return readdirSync("/proc/self/fd")
    .filter(isInherited)
    .map(Number)
    .toSorted((a, b) => a - b);
}

function signal(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself in between.
  }
}
