import type { SnapshotName } from "./about.ts";

export interface Needs {
  readonly repository: number;
  /** The key of the files that the run begins with. */
  readonly own: string;
  /** The key of the base commit. */
  readonly base: string;
  /** The run's files are those of the base commit. */
  readonly isBase: boolean;
  /** The pull whose code it is, if it is a pull's. */
  readonly pull: number | null;
}

export interface Choice {
  /** What may serve the run, the best first. */
  readonly look: readonly SnapshotName[];
  /** Where the set-up is done when there is none of them, for others as well: in the run's own files, or in those of the base commit. */
  readonly make: { readonly name: SnapshotName; readonly in: "own" | "base" } | null;
  /** As what the set-up of the run's own files may be kept where that fails. */
  readonly own: SnapshotName | null;
}

/**
 * Which snapshot a run may begin with. What all may use is made of a commit of the base branch and of nothing else, also when the pull would
 * come to the same key: its scripts are its author's. What a pull made serves that pull alone.
 */
export function chooseSnapshot({ repository, own, base, isBase, pull }: Needs): Choice {
  const shared: SnapshotName = { repository, key: own, scope: "base" };
  const ofPull = isBase || pull === null ? null : { repository, key: own, scope: pull };
  return {
    look: [shared, ...(ofPull === null ? [] : [ofPull])],
    make: isBase
      ? { name: shared, in: "own" }
      : own === base
        ? { name: shared, in: "base" }
        : ofPull && { name: ofPull, in: "own" },
    own: ofPull,
  };
}
