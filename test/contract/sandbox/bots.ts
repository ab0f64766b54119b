import { spawn, type StdioOptions } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { createBubblewrap, type BubblewrapOptions } from "../../../src/sandbox/bubblewrap.ts";
import {
  defaultLimits,
  type ExecResult,
  type SandboxCommand,
  type SandboxLimits,
  type SandboxProbe,
} from "../../../src/sandbox/port.ts";

export interface Order {
  readonly limits: SandboxLimits;
  readonly commands: readonly SandboxCommand[];
}

export interface Report {
  readonly probe: SandboxProbe;
  readonly results: ExecResult[];
  readonly leftovers: string[];
}

export interface Bot {
  readonly name: string;
  run(order: Order): Promise<Report>;
}

export const isRoot = process.getuid?.() === 0;
export const smallLimits: SandboxLimits = {
  ...defaultLimits,
  memory: 256 * 1024 ** 2,
  processes: 64,
  disk: 64 * 1024 ** 2,
  output: 10_000,
};

const thisProcess: Bot = {
  name: isRoot ? "a bot started by root" : "a bot started by an ordinary user",
  run: (order) => runHere(order),
};
const withoutCgroups: Bot = { name: "a bot without cgroups", run: (order) => runHere(order, { cgroups: false }) };
const anotherUser: Bot = { name: "a bot started by an ordinary user", run: runAsAnotherUser };

/** All ways to start a bot that this machine allows: from root one can go down, from a user not up. */
export const bots: readonly Bot[] = isRoot ? [thisProcess, withoutCgroups, anotherUser] : [thisProcess, withoutCgroups];

async function runHere(order: Order, options: BubblewrapOptions = {}): Promise<Report> {
  const workspace = await mkdtemp(join(tmpdir(), "codegen-test-"));
  const provider = createBubblewrap(options);
  const sandbox = await provider.create({ workspace, limits: order.limits });
  try {
    const results: ExecResult[] = [];
    for (const command of order.commands) results.push(await sandbox.exec(command));
    return { probe: await provider.probe(), results, leftovers: [] };
  } finally {
    await sandbox.destroy();
    await rm(workspace, { recursive: true, force: true });
  }
}

/** The project may lie where only root can go, so it is staged for the other user as for a sandbox. */
async function runAsAnotherUser(order: Order): Promise<Report> {
  const root = resolve(import.meta.dirname, "../../..");
  const stage = `mount -t tmpfs none /mnt && touch /mnt/0 && mkdir /mnt/1 && mount --bind "$1" /mnt/0 && mount --bind "$2" /mnt/1 && shift 2 && exec "$@"`;
  const argv: readonly string[] = [
    ..."unshare --mount --propagation private -- /bin/sh -c".split(" "),
    stage,
    "stage",
    process.execPath,
    root,
    "setpriv",
    "--reuid=62001",
    "--regid=62001",
    "--clear-groups",
    "--",
    "/mnt/0",
    "/mnt/1/test/contract/sandbox/run-commands.ts",
  ];
  const [file = "", ...args] = argv;
  // A descriptor far from the others, as a careless parent leaves it; a leak would show this file.
  const careless = openSync(import.meta.filename, "r");
  const stdio: StdioOptions = [
    "pipe",
    "pipe",
    "pipe",
    ...Array.from({ length: 37 }, () => "ignore" as const),
    careless,
  ];
  const child = spawn(file, args, { cwd: "/", stdio, env: { PATH: process.env.PATH, CODEGEN_CANARY: canary } });
  closeSync(careless);
  if (child.stdin === null || child.stdout === null || child.stderr === null) throw new Error("no pipes");
  child.stdin.end(JSON.stringify(order));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (out === "") throw new Error(err);
  return JSON.parse(out) as Report;
}

export const canary = "canary-4d1f2a";

/** Command lines of all processes of this machine that hold a text. */
export async function processesWith(marker: string): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return lines.filter((line) => line.includes(marker));
}
