import { statfs } from "node:fs/promises";
import type { Parts } from "./bubblewrap-place.ts";
import type { Holder } from "./holder.ts";
import type { SandboxStats } from "./port.ts";

const uncounted = { memory: null, memoryPeak: null, cpuMs: null, processes: null };

/** What a sandbox uses, and has used. */
export async function statsOf({ cgroup, holder }: Pick<Parts, "cgroup" | "holder">): Promise<SandboxStats> {
  const counted = (await cgroup?.stats()) ?? uncounted;
  return { ...counted, written: await writtenIn(holder) };
}

/** Bytes that what was written takes. */
export async function writtenIn(holder: Holder): Promise<number> {
  const { blocks, bfree, bsize } = await statfs(holder.path("upper"));
  return (blocks - bfree) * bsize - holder.copiedBytes;
}

/** Less than this is no room for anything. */
const smallest = 64 * 1024;

/** Whether nothing more can be written to the workspace and home. */
export async function hasNoRoom(holder: Holder): Promise<boolean> {
  const { bavail, bsize, ffree } = await statfs(holder.path("upper"));
  return bavail * bsize < smallest || ffree === 0;
}
