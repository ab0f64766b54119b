import { constants, openSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { UserError } from "../errors.ts";
import { takeHolder } from "./holder-process.ts";
import type { Held, HeldEnd, Launch } from "./launch.ts";

/**
 * The small process behind one sandbox. It owns the mounts, the network and the process ids of it, starts the commands, and takes all of
 * them with it when it ends; it ends when the bot does.
 */
export interface Holder {
  /** Of the host. */
  readonly pid: number;
  /** Why the files had to be copied; empty when an overlay shows them. */
  readonly copied: string;
  /** Bytes of such copies, among what is written. */
  readonly copiedBytes: number;
  /** Where something of the holder's own file system is for this process. */
  path(name: string): string;
  run(order: HeldOrder): Promise<Held>;
  /** Prepares a file or directory of the host for being mounted at a path inside. @returns where bubblewrap finds it */
  show(source: string, at: string): Promise<string>;
  /** Copies what was written into a directory of the host. */
  keep(directory: string): Promise<{ readonly bytes: number; readonly files: number }>;
  /** Passes connections to a port of the sandbox's loopback on to a socket of this process. */
  relayIn(socket: string): Promise<HeldRelay & { readonly port: number }>;
  /** Passes connections to a socket on to a port of the sandbox's loopback. */
  relayOut(socket: string, port: number): Promise<HeldRelay>;
  close(): Promise<void>;
}

export interface HolderOptions {
  /** Whom commands run as, when the bot is root. */
  readonly uid: number | undefined;
  /** A directory that the holder may cover. */
  readonly point: string;
  readonly disk: number;
  readonly seccomp: Uint8Array | undefined;
  /** What every command sees as its root directory. */
  readonly root: readonly RootEntry[];
  /** Directories of cgroups that it is to be in, with all that it starts. */
  readonly cgroups: readonly string[];
  readonly workspace: string;
  /** Layers over the workspace and beneath it, the topmost first. */
  readonly above: readonly string[];
  readonly below: readonly string[];
}

/** `with` is the content of a file, the target of a link, or what of the host is shown; nothing of it can be written. */
export interface RootEntry {
  readonly kind: "directory" | "file" | "link" | "shown";
  readonly at: string;
  readonly with?: string;
}

export interface HeldOrder {
  readonly io: Launch["io"];
  readonly input: boolean;
  readonly openFiles: number;
  /** What bubblewrap reads from descriptor 4. */
  readonly inside: readonly string[];
  readonly argv: readonly string[];
}

export interface HeldRelay {
  /** When it is done, nobody listens there any more. */
  close(): Promise<void>;
}

const openMs = 120_000;

/**
 * Starts the process and has it make the place.
 * @throws UserError when the host does not give it
 */
export async function startHolder(options: HolderOptions): Promise<Holder> {
  const { socket, running } = await takeHolder();
  const calls = openCalls(socket);
  let joined: Promise<unknown> = Promise.resolve();
  const close = async () => {
    socket.destroy();
    // It keeps nobody alive by itself, and is to be gone before this is.
    const waiting = setInterval(() => undefined, 60_000);
    await Promise.allSettled([running, joined]);
    clearInterval(waiting);
  };
  const timer = setTimeout(() => socket.destroy(), openMs);
  try {
    const [pid, copied] = [calls.answer("pid"), calls.answer("open")];
    copied.catch(() => undefined);
    calls.send(placeOf(options));
    const [number = ""] = await pid;
    // Once for all that it starts, since it takes the kernel as long as all the rest: nothing is started before.
    joined = Promise.all(options.cgroups.map((cgroup) => writeFile(join(cgroup, "cgroup.procs"), number)));
    joined.catch(() => undefined);
    const [reason = "", bytes] = await copied;
    const about = { pid: Number(number), copied: reason.trim(), copiedBytes: Number(bytes) };
    return holderOf(calls, joined, about, options.point, close);
  } catch (error) {
    await close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function placeOf({ uid, point, disk, seccomp, root, workspace, above, below }: HolderOptions): readonly string[] {
  const entries = root.map(({ kind, at, with: content = "" }) => [kind, at, content].join("\u0002"));
  const filter = Buffer.from(seccomp ?? []).toString("hex");
  const files = [workspace, String(above.length), ...above, ...below];
  return [String(uid ?? ""), point, String(disk), filter, entries.join("\u0001"), ...files];
}

function holderOf(
  calls: Calls,
  joined: Promise<unknown>,
  about: Pick<Holder, "pid" | "copied" | "copiedBytes">,
  point: string,
  close: () => Promise<void>,
): Holder {
  const { pid } = about;
  return {
    ...about,
    path: (name) => `/proc/${pid}/root${point}/${name}`,
    async run({ io, input, openFiles, inside, argv }) {
      await joined;
      const bounds = [String(openFiles), String(inside.length)];
      const id = calls.ask(["run", io, input ? "pipe" : "null", ...bounds, ...inside, ...argv]);
      const ended = calls.end(id);
      const descriptors = await calls.answer(id);
      const streams = openStreams(pid, io === "pipes" || input, descriptors);
      calls.send(["opened", id]);
      return { streams, ended, kill: () => calls.send(["kill", id]) };
    },
    async show(source, at) {
      const [path = ""] = await calls.answer(calls.ask(["show", source, at]));
      return path;
    },
    async keep(directory) {
      await joined;
      const [bytes, files] = await calls.answer(calls.ask(["keep", directory]));
      return { bytes: Number(bytes), files: Number(files) };
    },
    async relayIn(socket) {
      await joined;
      const id = calls.ask(["relay", "in", `${point}/${socket}`, ""]);
      const [port] = await calls.answer(id);
      return { port: Number(port), close: () => endRelay(calls, id) };
    },
    async relayOut(socket, port) {
      await joined;
      const id = calls.ask(["relay", "out", `${point}/${socket}`, String(port)]);
      await calls.answer(id);
      return { close: () => endRelay(calls, id) };
    },
    close,
  };
}

async function endRelay(calls: Calls, id: string): Promise<void> {
  // With the holder its relays have gone.
  await calls.answer(calls.ask(["unrelay", id])).catch(() => undefined);
}

/** The pipes are the holder's; opened by way of /proc they are ours as well. */
function openStreams(pid: number, hasInput: boolean, descriptors: readonly string[]): readonly Socket[] {
  const opened: Socket[] = [];
  try {
    for (const [index, descriptor] of descriptors.entries()) {
      const writable = hasInput && index === 0;
      const flags = constants.O_NONBLOCK | (writable ? constants.O_WRONLY : constants.O_RDONLY);
      const fd = openSync(`/proc/${pid}/fd/${descriptor}`, flags);
      const stream = new Socket({ fd, readable: !writable, writable });
      // Broken is as good as ended: the command tells how it went.
      stream.on("error", () => stream.destroy());
      opened.push(stream);
    }
    return opened;
  } catch (error) {
    for (const stream of opened) stream.destroy();
    throw error;
  }
}

type Calls = ReturnType<typeof openCalls>;

/** Orders go out with a number. Each has one answer, and a command also an end. */
function openCalls(socket: Socket) {
  const answers = new Map<string, { resolve(fields: readonly string[]): void; reject(error: Error): void }>();
  const ends = new Map<string, (end: HeldEnd) => void>();
  let gone: Error | undefined;
  let last = 0;
  const over = (error: Error) => {
    gone ??= error;
    for (const answer of answers.values()) answer.reject(gone);
    for (const end of ends.values()) end({ signalled: true });
    answers.clear();
    ends.clear();
  };
  createInterface({ input: socket }).on("line", (line) => {
    const [what, id = "", ...fields] = line.split("\0");
    if (what === "failed") return over(new UserError(`The sandbox could not be made: ${id.trim()}.`));
    if (what === "ended") {
      ends.get(id)?.(endOf(fields));
      ends.delete(id);
      return;
    }
    if (what === "done") answers.get(id)?.resolve(fields);
    else {
      answers.get(id)?.reject(new Error(fields.join(" ").trim()));
      ends.delete(id);
    }
    answers.delete(id);
  });
  socket.once("close", () => over(new Error("The process that holds the sandbox has ended.")));
  const send = (fields: readonly string[]) => {
    const body = Buffer.from(fields.join("\0"));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    socket.write(Buffer.concat([length, body]));
  };
  return {
    send,
    /** @returns the order's number */
    ask([what = "", ...fields]: readonly string[]): string {
      const id = String(++last);
      send([what, id, ...fields]);
      return id;
    },
    answer: (id: string) =>
      new Promise<readonly string[]>((resolve, reject) => {
        if (gone === undefined) answers.set(id, { resolve, reject });
        else reject(gone);
      }),
    end: (id: string) =>
      new Promise<HeldEnd>((resolve) => {
        if (gone === undefined) ends.set(id, resolve);
        else resolve({ signalled: true });
      }),
  };
}

function endOf([signal, said = ""]: readonly string[]): HeldEnd {
  const exitCode = /"exit-code": (\d+)/.exec(said)?.[1];
  const failure = /^failed (.*)/.exec(said)?.[1];
  return {
    signalled: signal !== "0",
    ...(exitCode === undefined ? {} : { exitCode: Number(exitCode) }),
    ...(failure === undefined ? {} : { failure }),
  };
}
