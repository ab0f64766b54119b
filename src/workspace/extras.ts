import type { LfsPointer } from "./lfs-pointer.ts";
import type { Mirror } from "./mirror.ts";

/** What a workspace holds besides the files of its commit. */
export interface Extras {
  /** Files that hold what their pointers name, by path. */
  readonly lfs: ReadonlyMap<string, LfsPointer>;
  /** Submodules whose files are there, by path. */
  readonly submodules: ReadonlyMap<string, Submodule>;
}

export interface Submodule {
  readonly mirror: Mirror;
  readonly commit: string;
}

export const noExtras: Extras = { lfs: new Map(), submodules: new Map() };
