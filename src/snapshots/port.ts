import type { About, SnapshotName } from "./about.ts";

/** Files that set-ups left, kept on this host: made once for a key, read-only from then on, shared by any number of runs. */
export interface Snapshots {
  /** A snapshot that stays until it is released; undefined when there is none. To take it counts as its use. */
  take(name: SnapshotName): Promise<HeldSnapshot | undefined>;
  /**
   * Keeps what `fill` puts into an empty directory of this store. Nobody sees it before it is whole.
   * @param expected bytes that it is going to have, as far as one knows
   */
  keep(about: KeepRequest, expected: number, fill: (directory: string) => Promise<Filled>): Promise<Kept>;
  /**
   * Does one piece of work at a time for a name, in all processes that share the folder.
   * @param wait.ms how long to wait for others
   * @returns undefined when others were not done in time, and nothing was done
   * @throws what the signal was aborted with, while waiting
   */
  alone<T>(
    name: SnapshotName,
    wait: { readonly ms: number; readonly signal: AbortSignal },
    work: () => Promise<T>,
  ): Promise<T | undefined>;
  /** All there are, the last used first. */
  list(): Promise<readonly ListedSnapshot[]>;
  /** Removes those that are wanted gone and that nobody uses. */
  drop(isUnwanted: (snapshot: ListedSnapshot) => boolean): Promise<Dropped>;
  /** Removes what is old, too much, or left by a crash. @returns how many snapshots and how many leftovers went */
  tidy(): Promise<{ readonly snapshots: number; readonly leftovers: number }>;
  /** Waits for what is being written to the disk or removed. */
  close(): Promise<void>;
}

export interface HeldSnapshot {
  readonly about: About;
  /** Null for a note that the set-up cannot be kept. */
  readonly directory: string | null;
  release(): Promise<void>;
}

export type KeepRequest = Omit<About, "v" | "made" | "boot" | "bytes" | "files" | "unfit">;

/** What was put into the directory, or why it cannot serve. */
export type Filled = { readonly bytes: number; readonly files: number } | { readonly unfit: string };

/** `there`: somebody else was faster. `no room`: neither the bound nor the disk leaves enough of it. */
export type Kept = "kept" | "unfit" | "there" | "no room";

export interface ListedSnapshot extends About {
  readonly usedAt: Date;
  readonly inUse: boolean;
}

export interface Dropped {
  readonly dropped: readonly ListedSnapshot[];
  readonly inUse: readonly ListedSnapshot[];
}

/** What other parts of the bot know about processes, locks and files of this host. */
export interface SnapshotHost {
  /** A name that tells which process made it. */
  ownedName(label: string): string;
  /** Whether a name is of a process that is gone for sure. */
  isLeftover(name: string): boolean;
  /** Removes a directory, whatever untrusted code has put there. */
  removeTree(directory: string): Promise<void>;
  /** @throws TransientError when others hold the lock for longer */
  exclusively<T>(lockFile: string, waitMs: number, work: () => Promise<T>): Promise<T>;
}
