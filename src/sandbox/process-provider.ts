import { spawn } from "node:child_process";
import { mkdir, mkdtemp, stat } from "node:fs/promises";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { UserError } from "../errors.ts";
import { launchOrThrow } from "../launcher.ts";
import { innerCommand } from "./command-line.ts";
import { hostBase } from "./host-base.ts";
import { hostEnvironment } from "./host-environment.ts";
import type { Held, HeldEnd, Launch, Place } from "./launch.ts";
import { livingSandbox } from "./living-sandbox.ts";
import { ownedName } from "./owner.ts";
import type { Sandbox, SandboxOptions, SandboxProvider, SnapshotSize } from "./port.ts";
import { listenOn } from "./relays.ts";
import { removeTree } from "./remove-tree.ts";

const warning =
  "Commands run as the bot's own user, with its files and its network: only for files and commands of your own.";

/**
 * No sandbox at all: commands run on a copy of the workspace, as the user who started the bot, bounded in time and output alone. For work on
 * one's own files from the command line, where nothing better is possible.
 */
export function createProcessProvider(): SandboxProvider {
  return {
    name: "process",
    probe: async () => ({ ok: true, limits: `none. ${warning}`, files: "copies", problems: [] }),
    base: () => hostBase(process.execPath),
    create: openProcessSandbox,
  };
}

async function openProcessSandbox(options: SandboxOptions): Promise<Sandbox> {
  if (options.trust !== "own")
    throw new UserError(`The provider \`process\` takes no pulls, since it protects nothing. ${warning}`);
  const base = await mkdtemp(join(tmpdir(), ownedName("process-")));
  const close = () => removeTree(base);
  try {
    const { layers = [], over = [], workspace } = options;
    for (const part of ["workspace", "home"]) await mkdir(join(base, part));
    const files = (layer: string) => copy(join(layer, "workspace"), join(base, "workspace"));
    for (const layer of layers.toReversed()) await files(layer);
    await copy(workspace, join(base, "workspace"));
    for (const layer of over.toReversed()) await files(layer);
    for (const layer of [...over, ...layers].toReversed()) await copy(join(layer, "home"), join(base, "home"));
  } catch (error) {
    await close();
    throw error;
  }
  return livingSandbox({
    place: placeAt(base, options),
    directory: join(base, "workspace"),
    serve: async (connect) => (await listenOn({ host: "127.0.0.1", port: 0 }, connect)).address,
    expose: async (port) => ({ url: `http://127.0.0.1:${port}`, close: async () => {} }),
    stats: async () => ({ memory: null, memoryPeak: null, cpuMs: null, processes: null, written: null }),
    snapshot: (target) => snapshot(base, target),
    close,
  });
}

function placeAt(base: string, { limits }: SandboxOptions): Place {
  return {
    limits,
    oomKills: async () => 0,
    watched: undefined,
    isFull: async () => false,
    show: async ({ source }) => {
      throw new UserError(`${source} cannot be shown elsewhere: the provider \`process\` has no files of its own.`);
    },
    launch: (order) => start(base, order),
  };
}

async function start(base: string, order: Launch): Promise<Held> {
  if (order.readOnly === true)
    throw new UserError("The provider `process` cannot keep a program from writing; it needs a real sandbox.");
  const cwd = join(base, order.cwd);
  if ((await stat(cwd).catch(() => undefined))?.isDirectory() !== true)
    throw new UserError(`The workspace has no directory ${JSON.stringify(order.cwd)}.`);
  const merged = order.io === "merged";
  const command = innerCommand(order, undefined);
  const child = spawn("/bin/sh", ["-c", merged ? 'exec "$@" 2>&1' : 'exec "$@"', "sh", ...command], {
    cwd,
    env: {
      PATH: `${dirname(process.execPath)}:${hostEnvironment.PATH}`,
      HOME: join(base, "home"),
      ...order.env,
    },
    // A group of its own: what the command starts goes with it, unless it leaves the group.
    detached: true,
    stdio: [merged && !order.input ? "ignore" : "pipe", "pipe", merged ? "ignore" : "pipe"],
  });
  /** Whether there was anything left of its group. */
  const kill = (): boolean => {
    try {
      return child.pid !== undefined && process.kill(-child.pid, "SIGKILL");
    } catch {
      // It ended by itself in between.
      return false;
    }
  };
  const ended = new Promise<HeldEnd>((resolve) => {
    child.once("error", (error) => resolve({ signalled: false, failure: error.message }));
    child.once("exit", (code, signal) => {
      const end = { signalled: signal !== null, ...(code === null ? {} : { exitCode: code }) };
      void endAll(kill).then(() => resolve(end));
    });
  });
  // Node's pipes to children are sockets, whatever its types say.
  const streams = [child.stdin, child.stdout, child.stderr].filter((stream) => stream !== null) as unknown as Socket[];
  for (const stream of streams) stream.on("error", () => stream.destroy());
  return { streams, kill: () => void kill(), ended };
}

/** What is killed is there for a moment more; where nobody reaps what is dead, no longer than a second is spent on it. */
async function endAll(kill: () => boolean): Promise<void> {
  for (let wait = 1; kill() && wait < 1_000; wait *= 2) await pause(wait);
}

async function copy(from: string, to: string): Promise<void> {
  await run("cp", "-a", "--reflink=auto", "--", `${from}/.`, to);
}

/** All there is and not only what was written: as a layer that comes to the same. */
async function snapshot(base: string, target: string): Promise<SnapshotSize> {
  await run("cp", "-a", "--reflink=auto", "--", join(base, "workspace"), join(base, "home"), target);
  const sizes = (await run("find", target, "-type", "f", "-printf", "%s\n")).split("\n").slice(0, -1).map(Number);
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), files: sizes.length };
}

function run(file: string, ...args: string[]): Promise<string> {
  return launchOrThrow({ file, args, env: hostEnvironment, timeoutMs: 300_000, maxOutput: 64 * 1024 ** 2 });
}
