import type { Sha } from "../domain/ids.ts";

export interface Remote {
  /** `https://…/owner/name.git`, without credentials. */
  readonly url: string;
  /** Installation token; reaches git by environment only. */
  readonly token?: string;
}

export interface TreeEntry {
  readonly path: string;
  readonly kind: "file" | "link" | "submodule";
  readonly executable: boolean;
  readonly oid: string;
  /** Bytes; 0 for submodules. */
  readonly size: number;
}

export type MergeTree =
  | { readonly clean: true; readonly tree: string }
  | { readonly clean: false; readonly conflicts: readonly string[] };

export interface ChangedPath {
  readonly path: string;
  readonly change: "added" | "modified" | "deleted";
}

/** One bare repository per repository of GitHub. Untrusted code never sees its directory. */
export interface Mirror {
  readonly directory: string;
  /** Fetches the commit if it is not here yet. @throws TransientError (remote away), UserError (no such commit) */
  ensureCommit(request: Remote & { readonly sha: Sha; readonly ref?: string; readonly signal?: AbortSignal }): Promise<void>;
  /** The content of a file, or undefined when the commit has no file there. */
  readBlob(commit: string, path: string): Promise<Buffer | undefined>;
  listFiles(commit: string): Promise<readonly TreeEntry[]>;
  /** The commit where head's history left base's, or undefined. Both must be here. */
  mergeBase(base: Sha, head: Sha): Promise<Sha | undefined>;
  changedPaths(from: string, to: string): Promise<readonly ChangedPath[]>;
  /** Merges two commits without a work tree. */
  mergeTree(base: Sha, head: Sha): Promise<MergeTree>;
}

export interface MirrorOptions {
  readonly dataDir: string;
  readonly repositoryId: number;
  /** Time limit of one git command in ms; default 120 000. */
  readonly timeoutMs?: number;
  /** For tests with a local remote: also `file://` URLs. */
  readonly allowFileProtocol?: boolean;
}

/** The mirror `<dataDir>/mirrors/<repository id>.git`; made on first use. */
export declare function openMirror(options: MirrorOptions): Mirror;
