/** A container of the stand-in: a bubblewrap with the mounts, the network and the user that the engine was asked for, and an agent in it. */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Readable, Writable } from "node:stream";
import { inspectHost } from "../../../src/sandbox/host.ts";
import { watchMemory } from "../../../src/sandbox/memory-watch.ts";

export interface CreateBody {
  readonly Image: string;
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly User: string;
  readonly WorkingDir: string;
  readonly Env: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly HostConfig: {
    readonly NetworkMode: string;
    readonly PidsLimit: number;
    readonly Memory: number;
    readonly Tmpfs: Readonly<Record<string, string>>;
    readonly Ulimits: readonly { readonly Name: string; readonly Hard: number }[];
    readonly Mounts: readonly { readonly Source: string; readonly Target: string; readonly ReadOnly: boolean }[];
  };
}

export interface RunOrder {
  readonly run: readonly string[];
  readonly env: readonly string[];
  readonly tty: boolean;
}

export interface RunListener {
  onPid(pid: number): void;
  onData(stream: 1 | 2, data: Buffer): void;
  /** Once: the exit code, or why it was not started. */
  onEnd(end: number | string): void;
}

export interface RunningCommand {
  write(data: Buffer): void;
  end(): void;
}

export interface StartedContainer {
  run(order: RunOrder, listener: RunListener): RunningCommand;
  /** Of bubblewrap's child, on this machine. */
  readonly pid: number;
  kill(): void;
  /** After everything inside is gone. */
  readonly gone: Promise<void>;
}

type Agent = ChildProcessByStdio<Writable, Readable, null>;
type Told = { readonly id: number } & Partial<{
  pid: number;
  stream: 1 | 2;
  data: string;
  code: number;
  error: string;
}>;

const isRoot = process.getuid?.() === 0;
const own = (name: string) => `${import.meta.dirname}/${name}`;
const [agentAt, initAt, nodePath] = ["/opt/engine/agent.mjs", "/opt/engine/init.pl", "/opt/node/bin"];

/** @param network the pid of the container whose network it shares */
export async function startContainer(
  body: CreateBody,
  network: number | undefined,
  onStarved: () => void,
): Promise<StartedContainer> {
  const [uid = "", gid = ""] = body.User.split(":");
  const bounds = body.HostConfig.Ulimits.map(({ Name: name, Hard: hard }) => `--${name}=${hard}:${hard}`);
  // The agent's own threads count too.
  const agent = ["prlimit", `--nproc=${body.HostConfig.PidsLimit + 20}`, ...bounds, "--", `${nodePath}/node`, agentAt];
  const drop = ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--no-new-privs", "--inh-caps=-all"];
  const inside = isRoot ? [...drop, "--bounding-set=-all", "--", ...agent] : agent;
  const argv = ["bwrap", ...(await bwrapArguments(body, network === undefined, [uid, gid])), "--", ...inside];
  const enter = [
    "nsenter",
    ...(isRoot ? [] : ["--user", "--preserve-credentials"]),
    "--net",
    `--target=${network}`,
    "--",
  ];
  const [file = "", ...args] = network === undefined ? argv : [...enter, ...argv];
  const child = spawn(file, args, { stdio: ["pipe", "pipe", "inherit", "pipe"] }) as unknown as Agent;
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const listeners = listen(child);
  const pid = await pidOf(child);
  let stop = watch(pid, body.HostConfig.Memory, onStarved);
  void gone.then(() => stop());
  let last = 0;
  child.stdin.on("error", () => {});
  const send = (message: object) => child.stdin.write(`${JSON.stringify(message)}\n`);
  return {
    pid,
    gone,
    kill: () => {
      stop();
      stop = () => {};
      kill(pid);
      child.kill("SIGKILL");
    },
    run({ run, env, tty }, listener) {
      const id = ++last;
      listeners.set(id, listener);
      const base = {
        PATH: `/usr/local/bin:/usr/bin:/bin:${nodePath}`,
        HOSTNAME: "codegen",
        ...(tty ? { TERM: "xterm" } : {}),
      };
      const given = [...body.Env, ...env].map((pair) => [
        pair.slice(0, pair.indexOf("=")),
        pair.slice(pair.indexOf("=") + 1),
      ]);
      send({
        id,
        run,
        tty,
        cwd: body.WorkingDir,
        env: { ...base, ...(Object.fromEntries(given) as object) },
        init: initAt,
      });
      return {
        write: (data) => void send({ id, input: data.toString("base64") }),
        end: () => void send({ id }),
      };
    },
  };
}

async function bwrapArguments(body: CreateBody, ownNetwork: boolean, [uid = "", gid = ""]: readonly string[]) {
  const host = await inspectHost("bwrap", process.execPath);
  const bind = (source: string, at: string, readOnly: boolean) => [readOnly ? "--ro-bind" : "--bind", source, at];
  const tmpfs = Object.entries(body.HostConfig.Tmpfs).flatMap(([path, options]) => [
    "--size",
    /size=(\d+)/.exec(options)?.[1] ?? "0",
    "--perms",
    "1777",
    "--tmpfs",
    path,
  ]);
  const targets = [
    nodePath,
    agentAt,
    ...host.tools.map((tool) => tool.at),
    ...body.HostConfig.Mounts.map((mount) => mount.Target),
    "/var/tmp",
  ];
  const parents = [...new Set([...host.etc, ...targets].flatMap(above))].toSorted();
  return [
    ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--hostname", "codegen", "--die-with-parent", "--new-session"],
    ownNetwork ? ["--unshare-net"] : [],
    isRoot
      ? ["CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"].flatMap((name) => ["--cap-add", name])
      : ["--unshare-user", "--uid", uid, "--gid", gid],
    ["--clearenv", "--info-fd", "3"],
    // What bubblewrap makes on the way to a mount is root's alone.
    parents.flatMap((path) => ["--dir", path]),
    host.systemDirectories.flatMap((path) => bind(path, path, true)),
    host.systemLinks.flatMap(({ target, at }) => ["--symlink", target, at]),
    host.etc.flatMap((path) => bind(path, path, true)),
    host.tools.flatMap(({ source, at }) => bind(source, at, true)),
    process.execPath.startsWith("/usr/") ? ["--symlink", process.execPath, `${nodePath}/node`] : [],
    bind(own("agent.mjs"), agentAt, true),
    bind(own("init.pl"), initAt, true),
    ["--proc", "/proc", "--dev", "/dev", ...tmpfs],
    body.HostConfig.Mounts.flatMap(({ Source: source, Target: at, ReadOnly: readOnly }) => bind(source, at, readOnly)),
    ["--remount-ro", "/", "--chdir", "/"],
  ].flat();
}

/** The directories above a path, but for the root. */
function above(path: string): readonly string[] {
  const up = dirname(path);
  return up === "/" ? [] : [...above(up), up];
}

function listen(child: Agent): Map<number, RunListener> {
  const listeners = new Map<number, RunListener>();
  const end = (id: number, how: number | string) => {
    const listener = listeners.get(id);
    listeners.delete(id);
    listener?.onEnd(how);
  };
  const hear = ({ id, pid, stream, data, code, error }: Told) => {
    if (pid !== undefined) listeners.get(id)?.onPid(pid);
    if (stream !== undefined) listeners.get(id)?.onData(stream, Buffer.from(data ?? "", "base64"));
    if (code !== undefined || error !== undefined) end(id, code ?? error ?? "");
  };
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    const lines = (rest + piece).split("\n");
    // A killed agent may leave half a line, which nobody hears then.
    rest = lines.pop() ?? "";
    for (const line of lines) hear(JSON.parse(line) as Told);
  });
  child.once("close", () => {
    for (const id of listeners.keys()) end(id, 137);
  });
  return listeners;
}

/** What is said is read to its end: bubblewrap gives up where nobody listens any more. */
function pidOf(child: Agent): Promise<number> {
  let said = "";
  return new Promise((resolve, reject) => {
    const stream = child.stdio[3] as unknown as Readable;
    stream.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const pid = /"child-pid": (\d+)/.exec(said)?.[1];
      if (pid !== undefined) resolve(Number(pid));
    });
    stream.once("close", () => reject(new Error(`bubblewrap did not start: ${said}`)));
  });
}

/** As the kernel does it: over the limit, the biggest process is killed. */
function watch(pid: number, limit: number, onStarved: () => void): () => void {
  let stop = watchMemory(pid, limit, () => {
    kill(biggest(pid));
    onStarved();
    stop = watch(pid, limit, onStarved);
  });
  return () => stop();
}

function biggest(root: number): number {
  const children = (pid: number): number[] =>
    readdirSync(`/proc/${pid}/task`)
      .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" "))
      .filter((word) => word.trim() !== "")
      .map(Number);
  const tree = (pid: number): number[] => [pid, ...children(pid).flatMap(tree)];
  const size = (pid: number) =>
    Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  return tree(root).reduce((most, pid) => (size(pid) > size(most) ? pid : most), root);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
