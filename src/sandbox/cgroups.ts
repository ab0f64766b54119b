import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../errors.ts";
import { isLeftover } from "./owner.ts";
import type { SandboxLimits } from "./port.ts";

/** Where this process may make cgroups. One directory in version 2; one for each controller in version 1. */
export interface CgroupHost {
  readonly version: 1 | 2;
  readonly memory: string;
  readonly pids: string;
  readonly cpu?: string;
  /** Where version 1 counts time. */
  readonly cpuacct?: string;
}

/** The kernel's bound around one sandbox. */
export interface Cgroup {
  /** A process joins by writing 0 to `cgroup.procs` in each of them. */
  readonly directories: readonly string[];
  /** How many processes the kernel has killed here for want of memory. */
  oomKills(): Promise<number>;
  stats(): Promise<CgroupStats>;
  /** Another limit for memory, in bytes; one that is less than what is in use may not be taken. */
  limitMemory(bytes: number): Promise<void>;
  /** Kills what is still inside and removes the directories. */
  remove(): Promise<void>;
}

/** `null` is what this kernel does not count. */
export interface CgroupStats {
  readonly memory: number | null;
  readonly memoryPeak: number | null;
  readonly cpuMs: number | null;
  readonly processes: number | null;
}

const period = 100_000;
/** bubblewrap's own two processes count too. */
const ownProcesses = 4;

/**
 * Finds out by doing it whether cgroups for memory and processes can be made below the one that this process is in.
 * @param files where the tables of the kernel are read; another place in tests
 * @returns the place, or the reason why there is none
 */
export async function findCgroups(
  name: string,
  files = { mountinfo: "/proc/self/mountinfo", cgroup: "/proc/self/cgroup" },
): Promise<CgroupHost | string> {
  const reasons: string[] = [];
  for (const host of candidates(readFileSync(files.mountinfo, "utf8"), readFileSync(files.cgroup, "utf8"))) {
    try {
      if (host.version === 2) await delegate(host.memory);
      const trial = await createCgroup(host, name, { memory: 64 * 1024 ** 2, processes: 16, cpus: 1 });
      await trial.remove();
      return host;
    } catch (error) {
      reasons.push(`version ${host.version}: ${messageOf(error)}`);
    }
  }
  return reasons.join("; ") || "no cgroup file system is mounted";
}

/** Makes the cgroup of one sandbox. @throws when the kernel refuses */
export async function createCgroup(
  host: CgroupHost,
  name: string,
  limits: Pick<SandboxLimits, "memory" | "processes" | "cpus">,
): Promise<Cgroup> {
  const memory = join(host.memory, name);
  const pids = join(host.pids, name);
  const cpu = host.cpu === undefined ? undefined : join(host.cpu, name);
  const cpuacct = host.cpuacct === undefined ? undefined : join(host.cpuacct, name);
  const directories = [...new Set([memory, pids, cpu, cpuacct])].filter((directory) => directory !== undefined);
  const remove = async () => {
    for (const directory of directories) await removeCgroup(directory);
  };
  try {
    for (const directory of directories) await mkdir(directory);
    const quota = String(Math.max(1_000, Math.round(limits.cpus * period)));
    await writeFile(join(pids, "pids.max"), String(limits.processes + ownProcesses));
    await limitMemory(host.version, memory, limits.memory, false);
    if (host.version === 1) {
      if (cpu !== undefined) {
        await writeFile(join(cpu, "cpu.cfs_period_us"), String(period));
        await writeFile(join(cpu, "cpu.cfs_quota_us"), quota);
      }
    } else {
      await writeIfThere(join(memory, "memory.swap.max"), "0");
      if (cpu !== undefined) await writeFile(join(cpu, "cpu.max"), `${quota} ${period}`);
    }
  } catch (error) {
    await remove();
    throw error;
  }
  let limit = limits.memory;
  const counter = join(memory, host.version === 1 ? "memory.oom_control" : "memory.events");
  return {
    directories,
    oomKills: async () => Number(/^oom_kill (\d+)$/m.exec(await readFile(counter, "utf8"))?.[1] ?? 0),
    limitMemory: async (bytes) => {
      if (bytes === limit) return;
      await limitMemory(host.version, memory, bytes, bytes > limit);
      limit = bytes;
    },
    stats: async () => {
      const [now, peak] =
        host.version === 1 ? ["memory.usage_in_bytes", "memory.max_usage_in_bytes"] : ["memory.current", "memory.peak"];
      return {
        memory: await numberIn(join(memory, now)),
        memoryPeak: await numberIn(join(memory, peak)),
        cpuMs: await cpuMs(cpuacct, cpu),
        processes: await numberIn(join(pids, "pids.current")),
      };
    },
    remove,
  };
}

/** Removes the cgroups of dead processes of ours. @returns their paths */
export async function sweepCgroups(host: CgroupHost): Promise<readonly string[]> {
  const removed: string[] = [];
  const parents = [host.memory, host.pids, host.cpu, host.cpuacct].filter((parent) => parent !== undefined);
  for (const parent of new Set(parents)) {
    for (const name of (await readdir(parent)).filter(isLeftover)) {
      await removeCgroup(join(parent, name));
      removed.push(join(parent, name));
    }
  }
  return removed;
}

/** Kills the members and removes the directory; a dying process keeps it busy for a moment. */
async function removeCgroup(directory: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    for (const pid of await membersOf(directory)) kill(pid);
    try {
      return await rmdir(directory);
    } catch (error) {
      const code = codeOf(error);
      if (code === "ENOENT") return;
      if (code !== "EBUSY" || tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

/** Version 1 bounds memory and memory with swap; the first may never be more than the second. */
async function limitMemory(version: 1 | 2, directory: string, bytes: number, isMore: boolean): Promise<void> {
  if (version === 2) return writeFile(join(directory, "memory.max"), String(bytes));
  const swap = () => writeIfThere(join(directory, "memory.memsw.limit_in_bytes"), String(bytes));
  if (isMore) await swap();
  await writeFile(join(directory, "memory.limit_in_bytes"), String(bytes));
  if (!isMore) await swap();
}

async function cpuMs(cpuacct: string | undefined, cpu: string | undefined): Promise<number | null> {
  if (cpuacct !== undefined) return scaled(await numberIn(join(cpuacct, "cpuacct.usage")), 1e6);
  return cpu === undefined ? null : scaled(await numberIn(join(cpu, "cpu.stat"), /^usage_usec (\d+)$/m), 1e3);
}

function scaled(value: number | null, by: number): number | null {
  return value === null ? null : Math.round(value / by);
}

/** null where this kernel has no such file. */
async function numberIn(file: string, pattern = /^(\d+)$/m): Promise<number | null> {
  const found = pattern.exec(await readFile(file, "utf8").catch(() => ""))?.[1];
  return found === undefined ? null : Number(found);
}

async function membersOf(directory: string): Promise<number[]> {
  try {
    // 0 stands for a process of another PID namespace, which is never ours.
    return (await readFile(join(directory, "cgroup.procs"), "utf8"))
      .split("\n")
      .map(Number)
      .filter((pid) => pid > 0);
  } catch {
    return [];
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself in between.
  }
}

function candidates(mountinfo: string, membership: string): CgroupHost[] {
  const mounts = mountinfo.split("\n").flatMap((line) => {
    const [front = "", back = ""] = line.split(" - ");
    const [, , , root = "", at = ""] = front.split(" ");
    const [type = "", , options = ""] = back.split(" ");
    return type === "cgroup" || type === "cgroup2"
      ? [{ type, root, at: unescape(at), options: options.split(",") }]
      : [];
  });
  const own = membership.split("\n").flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    return controllers === undefined || path === undefined ? [] : [{ controllers: controllers.split(","), path }];
  });
  const at = (controller: string): string | undefined => {
    const mount = mounts.find(({ type, options }) =>
      controller === "" ? type === "cgroup2" : type === "cgroup" && options.includes(controller),
    );
    if (mount === undefined) return undefined;
    const path = own.find(({ controllers }) => controllers.includes(controller))?.path ?? "/";
    // Inside a container only a part of the tree may be mounted, and paths are told from the top of the tree.
    const below = mount.root === "/" ? path : path.startsWith(mount.root) ? path.slice(mount.root.length) : "";
    return join(mount.at, below.includes("/..") ? "" : below);
  };
  const [unified, memory, pids, cpu, cpuacct] = [at(""), at("memory"), at("pids"), at("cpu"), at("cpuacct")];
  const hosts: CgroupHost[] = [];
  if (memory !== undefined && pids !== undefined)
    hosts.push({
      version: 1,
      memory,
      pids,
      ...(cpu === undefined ? {} : { cpu }),
      ...(cpuacct === undefined ? {} : { cpuacct }),
    });
  if (unified !== undefined) hosts.push({ version: 2, memory: unified, pids: unified, cpu: unified });
  return hosts;
}

/**
 * Lets a version 2 directory hand memory, pids and cpu to its children. The kernel does not allow that while the
 * directory has processes of its own, so ours (and whatever shares a delegated directory with us) move to a leaf.
 */
async function delegate(directory: string): Promise<void> {
  const controllers = (await readFile(join(directory, "cgroup.controllers"), "utf8")).trim().split(" ");
  const missing = ["memory", "pids", "cpu"].filter((controller) => !controllers.includes(controller));
  if (missing.length > 0) throw new Error(`${directory} has no ${missing.join(", ")} controller`);
  const enable = () => writeFile(join(directory, "cgroup.subtree_control"), "+memory +pids +cpu");
  try {
    await enable();
  } catch (error) {
    if (codeOf(error) !== "EBUSY") throw error;
    const leaf = join(directory, "codegen-bot");
    await mkdir(leaf, { recursive: true });
    for (const pid of await membersOf(directory)) await writeFile(join(leaf, "cgroup.procs"), String(pid));
    await enable();
  }
}

async function writeIfThere(file: string, value: string): Promise<void> {
  try {
    await writeFile(file, value, { flag: "r+" });
  } catch (error) {
    // Kernels without swap accounting have no such file; that swap is then not ours to bound.
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

function unescape(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
