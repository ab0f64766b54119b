import type { Mirror } from "./mirror.ts";

export interface Addition {
  readonly path: string;
  readonly content: Buffer;
  readonly executable: boolean;
}

export interface Changes {
  /** New and changed files, sorted by path. */
  readonly additions: readonly Addition[];
  readonly deletions: readonly string[];
  /** Changes that are not taken over, with a sentence for a person. */
  readonly refused: readonly { readonly path: string; readonly reason: string }[];
  /** Files whose content is the same and whose executable bit is not. */
  readonly modeChanges: readonly { readonly path: string; readonly executable: boolean }[];
}

/** What the directory holds that the commit does not, and the other way round. */
export declare function readChanges(mirror: Mirror, commit: string, directory: string): Promise<Changes>;
