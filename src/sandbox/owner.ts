import { readFileSync, readlinkSync } from "node:fs";

/** Everything that a sandbox leaves on the host begins with this, so that a sweep touches nothing else. */
export const prefix = "codegen-sandbox-";

/**
 * A name for a thing of this process: `codegen-sandbox-<pid namespace>.<pid>.<start time>-<label>`.
 * The start time tells a live owner from a stranger that got its pid later.
 */
export function ownedName(label: string): string {
  return `${prefix}${pidNamespace()}.${process.pid}.${startTime(process.pid) ?? "0"}-${label}`;
}

/** Whether a thing with this name is ours to remove: our prefix, our PID namespace, and an owner that no longer lives. */
export function isLeftover(name: string): boolean {
  const [, namespace, pid, start] = /^codegen-sandbox-(\d+)\.(\d+)\.(\d+)-/.exec(name) ?? [];
  if (namespace === undefined || namespace !== pidNamespace()) return false;
  return startTime(Number(pid)) !== start;
}

function pidNamespace(): string {
  return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "0";
}

/** Clock ticks after boot at which a process started, or undefined when it is gone. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses, which may itself hold spaces and parentheses.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
