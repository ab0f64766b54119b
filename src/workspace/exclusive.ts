import { randomUUID } from "node:crypto";
import { link, readFile, rename, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { TransientError } from "../errors.ts";

const queues = new Map<string, Promise<unknown>>();
const beatMs = 5_000;
/** A holder that has not touched its lock for so long is dead; a paused one loses it. */
const staleMs = 30_000;

/**
 * Does one piece of work at a time for one lock file, in this process and across all that share the directory, on
 * other hosts too: a lock is alive as long as its holder touches it.
 * @throws TransientError when others hold the lock for longer than `waitMs`
 */
export async function exclusively<T>(lockFile: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  const before = queues.get(lockFile) ?? Promise.resolve();
  const mine = before.then(async () => {
    const release = await acquire(lockFile, waitMs);
    try {
      return await work();
    } finally {
      await release();
    }
  });
  const settled = mine.catch(() => {});
  queues.set(lockFile, settled);
  void settled.then(() => queues.get(lockFile) === settled && queues.delete(lockFile));
  return mine;
}

async function acquire(lockFile: string, waitMs: number): Promise<() => Promise<void>> {
  const token = randomUUID();
  for (const deadline = Date.now() + waitMs; ;) {
    try {
      await writeFile(lockFile, token, { flag: "wx" });
      break;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    await removeStale(lockFile);
    if (Date.now() > deadline)
      throw new TransientError(`${lockFile} has been held by another process for more than ${waitMs} ms`);
    await sleep(50);
  }
  const beat = setInterval(() => void utimes(lockFile, new Date(), new Date()).catch(() => {}), beatMs);
  beat.unref();
  return async () => {
    clearInterval(beat);
    if ((await contentOf(lockFile)) === token) await unlink(lockFile).catch(() => {});
  };
}

async function removeStale(lockFile: string): Promise<void> {
  const found = await stat(lockFile).catch(() => undefined);
  if (found === undefined || Date.now() - found.mtimeMs < staleMs) return;
  const holder = await contentOf(lockFile);
  const aside = `${lockFile}.${randomUUID()}`;
  await rename(lockFile, aside).catch(() => {});
  // Somebody may have replaced the stale lock just before; then it was theirs, and goes back.
  if ((await contentOf(aside)) !== holder) await link(aside, lockFile).catch(() => {});
  await unlink(aside).catch(() => {});
}

async function contentOf(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch(() => undefined);
}
