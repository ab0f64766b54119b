import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, stat, statfs, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../clock.ts";
import { messageOf } from "../errors.ts";
import type { Log } from "../log.ts";
import { folderOf } from "./about.ts";
import { aboutFile, filesFolder, isUnsettled, makeDurable, readEntry, writeAbout } from "./entry.ts";
import { decideEviction } from "./evict.ts";
import { ifMissing, isOlderThan, openLeases } from "./leases.ts";
import { waitForTurn } from "./wait-for-turn.ts";
import type { Filled, Kept, KeepRequest, ListedSnapshot, SnapshotHost, Snapshots } from "./port.ts";

export interface SnapshotsOptions {
  /** They lie in its folder `snapshots`. */
  readonly dataDir: string;
  /** Of all together; null: 20 GB, or a quarter of what the disk could give them when that is less. */
  readonly maxBytes: number | null;
  readonly host: SnapshotHost;
  readonly clock: Clock;
  readonly log: Log;
  /** Bytes that the disk has left. */
  readonly freeBytes?: (directory: string) => Promise<number>;
}

const gigabyte = 1024 ** 3;
const usualBytes = 20 * gigabyte;
/** Left free for mirrors, workspaces and the store. */
const reserve = gigabyte;
/** Longer than anything takes to be made, written to the disk or removed. */
const abandonedMs = 86_400_000;

/** @returns the store in `<dataDir>/snapshots`: a folder for each repository, in it one for each snapshot; any number of processes may share it */
export function openSnapshots(options: SnapshotsOptions): Snapshots {
  const { host, clock, log } = options;
  const root = join(options.dataDir, "snapshots");
  const freeBytes = options.freeBytes ?? freeOn;
  const pending = new Set<Promise<void>>();
  const later = (what: string, directory: string, work: Promise<void>): void => {
    const done = work
      .catch((error: unknown) => log.warn({ directory, error: messageOf(error) }, what))
      .finally(() => pending.delete(done));
    pending.add(done);
  };
  const of = (repository: number) => {
    const home = join(root, String(repository));
    return { home, leases: openLeases(join(home, "leases"), host) };
  };

  const list = async (): Promise<readonly (ListedSnapshot & { readonly folder: string })[]> => {
    const repositories = (await readdir(root).catch(ifMissing([]))).filter((name) => /^\d+$/.test(name));
    const found = await Promise.all(
      repositories.map(async (repository) => {
        const { home, leases } = of(Number(repository));
        const held = await leases.held();
        const names = (await readdir(home).catch(ifMissing([]))).filter((name) => folders.test(name));
        return Promise.all(
          names.map(async (folder) => {
            const entry = await readEntry(join(home, folder));
            return entry && { ...entry.about, usedAt: entry.usedAt, folder, inUse: held.has(folder) };
          }),
        );
      }),
    );
    return found
      .flat()
      .filter((entry) => entry !== undefined)
      .toSorted((a, b) => b.usedAt.getTime() - a.usedAt.getTime());
  };

  /** Out of sight at once; its files go in the background. Whoever took it in this moment gets it back. @returns whether it is gone */
  const remove = async (repository: number, folder: string): Promise<boolean> => {
    const { home, leases } = of(repository);
    const aside = join(home, host.ownedName(`gone-${randomUUID()}`));
    const found = await rename(join(home, folder), aside).then(() => true, ifMissing(false));
    if (!found) return false;
    if ((await leases.held()).has(folder)) {
      // A new one may stand there by now; then those who use the old one lose it when it is removed, and do their set-up anew.
      const isBack = await rename(aside, join(home, folder)).then(
        () => true,
        () => false,
      );
      if (isBack) return false;
    }
    later("a snapshot could not be removed", aside, host.removeTree(aside));
    return true;
  };
  const settled = async () => void (await Promise.all(pending));

  const evict = async (maxBytes: number): Promise<number> => {
    const all = (await list()).map((one) => ({ ...one, usedAt: one.usedAt.getTime() }));
    let count = 0;
    for (const one of decideEviction(all, { now: clock.now().getTime(), bytes: maxBytes })) {
      if (!(await remove(one.repository, one.folder))) continue;
      count += 1;
      log.info({ repo: one.name, key: one.key, scope: one.scope, bytes: one.bytes }, "removed a snapshot");
    }
    return count;
  };
  /** What there may be in all, and what there is. */
  const budget = async () => {
    const used = (await list()).reduce((sum, { bytes }) => sum + bytes, 0);
    const free = await freeBytes(root);
    const bound = options.maxBytes ?? Math.min(usualBytes, (free + used) / 4);
    return { free, allowed: Math.max(0, Math.min(bound, free + used - reserve)) };
  };

  return {
    async take({ repository, key, scope }) {
      const { home, leases } = of(repository);
      const folder = folderOf({ key, scope });
      const directory = join(home, folder);
      if ((await stat(join(directory, aboutFile)).catch(ifMissing(undefined))) === undefined) return undefined;
      const release = await leases.add(folder);
      // Looked at after the lease is there: who removes looks for leases after it is gone.
      const entry = await readEntry(directory);
      if (entry === undefined) {
        await release();
        return undefined;
      }
      const now = clock.now();
      await utimes(join(directory, aboutFile), now, now).catch(() => undefined);
      const { about } = entry;
      return { about, directory: about.unfit === null ? join(directory, filesFolder) : null, release };
    },

    async keep(request, expected, fill) {
      const { home } = of(request.repository);
      await mkdir(home, { recursive: true, mode: 0o700 });
      const { free, allowed } = await budget();
      if (expected > allowed) return "no room";
      await evict(allowed - expected);
      if (free < expected + reserve) await settled();
      const draft = join(home, host.ownedName(`making-${randomUUID()}`));
      try {
        return await make(draft, join(home, folderOf(request)), request, fill);
      } finally {
        // When it was kept there is nothing left of it.
        if ((await stat(draft).catch(ifMissing(undefined))) !== undefined) await host.removeTree(draft);
      }
    },

    async alone(name, { ms, signal }, work) {
      const { home } = of(name.repository);
      await mkdir(home, { recursive: true, mode: 0o700 });
      return waitForTurn(
        (begin) => host.exclusively(join(home, `${folderOf(name)}.lock`), ms, begin),
        ms,
        signal,
        work,
      );
    },

    list,

    async drop(isUnwanted) {
      const unwanted = (await list()).filter(isUnwanted);
      const dropped: ListedSnapshot[] = [];
      for (const one of unwanted) if (!one.inUse && (await remove(one.repository, one.folder))) dropped.push(one);
      return { dropped, inUse: unwanted.filter((one) => !dropped.includes(one)) };
    },

    async tidy() {
      let leftovers = 0;
      for (const name of (await readdir(root).catch(ifMissing([]))).filter((entry) => /^\d+$/.test(entry))) {
        const { home, leases } = of(Number(name));
        await leases.sweep();
        for (const entry of await readdir(home)) {
          const path = join(home, entry);
          const isWaste = folders.test(entry)
            ? (await readEntry(path)) === undefined &&
              (!(await isUnsettled(path)) || (await isOlderThan(path, abandonedMs)))
            : drafts.test(entry) && (host.isLeftover(entry) || (await isOlderThan(path, abandonedMs)));
          if (!isWaste) continue;
          await host.removeTree(path);
          leftovers += 1;
        }
      }
      const snapshots =
        (await stat(root).catch(ifMissing(undefined))) === undefined ? 0 : await evict((await budget()).allowed);
      await settled();
      return { snapshots, leftovers };
    },

    close: settled,
  };

  async function make(
    draft: string,
    place: string,
    request: KeepRequest,
    fill: (directory: string) => Promise<Filled>,
  ): Promise<Kept> {
    await mkdir(draft, { mode: 0o700 });
    await mkdir(join(draft, filesFolder), { mode: 0o700 });
    const filled = await fill(join(draft, filesFolder));
    const isUnfit = "unfit" in filled;
    if (isUnfit) await host.removeTree(join(draft, filesFolder));
    const size = isUnfit ? { bytes: 0, files: 0, unfit: filled.unfit } : { ...filled, unfit: null };
    await writeAbout(draft, { ...request, ...size, made: clock.now().toISOString() });
    const put = () =>
      rename(draft, place).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === "ENOTEMPTY" || error.code === "EEXIST") return false;
          throw error;
        },
      );
    const { repository } = request;
    const isWaste = async () => (await readEntry(place)) === undefined && (await remove(repository, folderOf(request)));
    const isMine = (await put()) || ((await isWaste()) && (await put()));
    if (!isMine) return "there";
    later("a snapshot could not be written to the disk", place, makeDurable(place));
    return isUnfit ? "unfit" : "kept";
  }
}

const folders = /^(?:base|pull-\d+)-[0-9a-f]{64}$/;
/** As {@link SnapshotHost.ownedName} ends with the labels used here. */
const drafts = /-(?:making|gone)-[0-9a-f-]{36}$/;

async function freeOn(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
