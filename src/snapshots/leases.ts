/** Who uses which snapshot: a file for each use, whose name tells the process. Those of dead processes count for nothing. */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SnapshotHost } from "./port.ts";

/** No run is that long; so what is older was left by a process that nobody here can look up, as one of an earlier container. */
const longestMs = 86_400_000;

export interface Leases {
  /** @returns gives it back */
  add(folder: string): Promise<() => Promise<void>>;
  /** The folders in use. */
  held(): Promise<ReadonlySet<string>>;
  /** Removes what dead processes left. */
  sweep(): Promise<void>;
}

export function openLeases(directory: string, host: Pick<SnapshotHost, "ownedName" | "isLeftover">): Leases {
  const read = async () => {
    const names = await readdir(directory).catch(ifMissing([]));
    return Promise.all(
      names.map(async (name) => {
        const [folder = "", owner = ""] = name.split("~");
        return {
          name,
          folder,
          isDead: host.isLeftover(owner) || (await isOlderThan(join(directory, name), longestMs)),
        };
      }),
    );
  };
  return {
    async add(folder) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const path = join(directory, `${folder}~${host.ownedName(`lease-${randomUUID()}`)}`);
      await writeFile(path, "", { flag: "wx" });
      return () => rm(path, { force: true });
    },
    held: async () => new Set((await read()).filter(({ isDead }) => !isDead).map(({ folder }) => folder)),
    async sweep() {
      for (const { name, isDead } of await read()) if (isDead) await rm(join(directory, name), { force: true });
    },
  };
}

/** By the file's own time; what is gone is as old as can be. */
export async function isOlderThan(path: string, ms: number): Promise<boolean> {
  const found = await stat(path).catch(ifMissing(undefined));
  return found === undefined || Date.now() - found.mtimeMs > ms;
}

/** For `catch`: what is not there is nothing; every other error stays one. */
export function ifMissing<T>(instead: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === "ENOENT") return instead;
    throw error;
  };
}
