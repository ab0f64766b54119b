import { randomUUID } from "node:crypto";
import { readdir, rename, rm, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exclusively } from "./exclusive.ts";
import { git } from "./git.ts";
import { commitRefs } from "./mirror.ts";

export interface Tidied {
  /** The name of the mirror's directory. */
  readonly mirror: string;
  /** How many commits it no longer keeps; all of them when nobody has used it. */
  readonly forgotten: number;
  /** It is gone as a whole. */
  readonly removed: boolean;
}

const dayMs = 86_400_000;
const keptMs = 30 * dayMs;
const lockMs = 10_000;
const timeoutMs = 1_800_000;
const stamp = "codegen-tidied";
/** Beyond so many loose objects or packs they are put together. What nothing leads to stays for two days: runs write merged trees. */
const settings = [
  "gc.auto=2000",
  "gc.autoPackLimit=30",
  "gc.autoDetach=false",
  "gc.packRefs=false",
  "gc.pruneExpire=2.days.ago",
];

/**
 * Tidies the mirror that has waited longest, and at least a day: its objects are put together, commits that no run has asked for in 30 days are
 * forgotten, and it is removed when that is all of them. One at a time, since a big one takes minutes.
 * @returns null when it is no mirror's turn
 */
export async function tidyMirror(dataDir: string, now = Date.now()): Promise<Tidied | null> {
  const root = join(dataDir, "mirrors");
  const mirror = await nextOf(root, now);
  if (mirror === undefined) return null;
  const directory = join(root, mirror);
  await writeFile(join(directory, stamp), "");
  const old = (await commitsOf(directory)).filter(({ usedAt }) => now - usedAt > keptMs);
  if (old.length === (await commitsOf(directory)).length) {
    const removed = await exclusively(`${directory}.lock`, lockMs, () => removeUnused(directory, now));
    if (removed) return { mirror, forgotten: old.length, removed };
  }
  // Before commits are forgotten, and so a day after others were: by then no run is at work that was about to ask for one of them.
  await git([...settings.flatMap((one) => ["-c", one]), "gc", "--auto", "--quiet"], {
    gitDirectory: directory,
    timeoutMs,
  });
  for (const { path } of old) await unlink(path).catch(() => undefined);
  return { mirror, forgotten: old.length, removed: false };
}

async function removeUnused(directory: string, now: number): Promise<boolean> {
  if ((await commitsOf(directory)).some(({ usedAt }) => now - usedAt <= keptMs)) return false;
  const aside = `${directory}.${randomUUID()}`;
  await rename(directory, aside);
  await rm(aside, { recursive: true, force: true });
  return true;
}

/** A new one waits from when it was made. */
async function nextOf(root: string, now: number): Promise<string | undefined> {
  const waiting: { readonly name: string; readonly since: number }[] = [];
  for (const name of await namesIn(root)) {
    if (!name.endsWith(".git")) continue;
    const since = (await timeOf(join(root, name, stamp))) ?? (await timeOf(join(root, name, "config"))) ?? now;
    if (now - since > dayMs) waiting.push({ name, since });
  }
  return waiting.toSorted((a, b) => a.since - b.since)[0]?.name;
}

async function commitsOf(directory: string): Promise<readonly { readonly path: string; readonly usedAt: number }[]> {
  const folder = join(directory, commitRefs);
  const found = await Promise.all(
    (await namesIn(folder)).map(async (name) => {
      const path = join(folder, name);
      return { path, usedAt: (await timeOf(path)) ?? Number.POSITIVE_INFINITY };
    }),
  );
  return found;
}

async function timeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
}
