/** One state of a repository's files, wherever they lie: a commit in a mirror, or a folder of this machine. */
export interface TreeSource {
  /** Equal for equal files, and never the same for others; null for a state without a name, such as a folder somebody works in. */
  readonly id: string | null;
  /** @param paths only what lies at these; a path without a file is left out. Default: everything */
  list(paths?: readonly string[]): Promise<readonly TreeEntry[]>;
  /** The contents of files, in any order, each once. What cannot be read any more is left out. The entries may be taken one by one, or all at first. */
  read(entries: Iterable<TreeEntry>): AsyncIterable<{ readonly blob: string; readonly content: Uint8Array }>;
  /** Paths whose files are not those of the state with that id, in both directions; null when that one is not known here. */
  changesSince(id: string): Promise<readonly string[] | null>;
}

export interface TreeEntry {
  readonly path: string;
  /** Links and submodules are listed, since a path leads to them, and never read. */
  readonly kind: "file" | "link" | "submodule";
  /** git's name for the content. */
  readonly blob: string;
  /** Bytes. */
  readonly size: number;
}
