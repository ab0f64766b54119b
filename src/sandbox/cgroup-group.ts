import { createCgroup, type Cgroup, type CgroupHost } from "./cgroups.ts";
import { ownedName } from "./owner.ts";
import type { SandboxLimits } from "./port.ts";

export interface Member {
  readonly cgroup: Cgroup;
  /** From now on what this tells, bytes in written files, is allowed besides the memory of the limits. */
  countFiles(written: () => Promise<number>): void;
  /** The last one to leave removes the cgroup. */
  leave(): Promise<void>;
}

interface Group {
  readonly cgroup: Promise<Cgroup>;
  readonly members: Map<symbol, () => Promise<number>>;
  readonly timer: NodeJS.Timeout;
}

const everyMs = 100;
const groups = new Map<string, Group>();
/** Counts the cgroups of this process: two made in the same moment must not have one name. */
let made = 0;

/** The cgroup of a sandbox: one of its own, or the one that its group has already. */
export async function joinGroup(
  host: CgroupHost,
  limits: SandboxLimits,
  name = `sandbox ${made + 1}`,
): Promise<Member> {
  const group = groups.get(name) ?? openGroup(host, limits);
  groups.set(name, group);
  const member = Symbol(name);
  group.members.set(member, () => Promise.resolve(0));
  const leave = async () => {
    group.members.delete(member);
    if (group.members.size > 0) return;
    if (groups.get(name) === group) groups.delete(name);
    clearInterval(group.timer);
    await group.cgroup.then((cgroup) => cgroup.remove());
  };
  try {
    const cgroup = await group.cgroup;
    return { cgroup, countFiles: (written) => void group.members.set(member, written), leave };
  } catch (error) {
    clearInterval(group.timer);
    groups.delete(name);
    throw error;
  }
}

/**
 * Written files are memory for the kernel, which has one limit for both. So that they do not use up the memory that was promised, the limit
 * follows them, and is a little ahead of who writes fast.
 */
function openGroup(host: CgroupHost, limits: SandboxLimits): Group {
  const ahead = Math.min(limits.disk, Math.floor(limits.memory / 4));
  const cgroup = createCgroup(host, ownedName(`run-${++made}`), { ...limits, memory: limits.memory + ahead });
  const members: Group["members"] = new Map();
  let busy = false;
  const follow = async () => {
    if (busy) return;
    busy = true;
    try {
      const sizes = await Promise.all([...members.values()].map((written) => written()));
      const written = sizes.reduce((sum, size) => sum + size, 0);
      await (await cgroup).limitMemory(limits.memory + ahead + Math.ceil(written / steps) * steps);
    } catch {
      // A sandbox on its way out, or more in use than the smaller limit: the next time.
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void follow(), everyMs);
  timer.unref();
  return { cgroup, members, timer };
}

const steps = 4 * 1024 ** 2;
