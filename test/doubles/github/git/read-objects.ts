import { runGit, type GitResult } from "./run-git.ts";

export const FULL_SHA = /^[0-9a-f]{40}$/;

/** Such a name means the same for ever: a full sha, what it leaves out (`^SHA`), or what it stands for (`SHA^{tree}`). */
const LASTING = /^\^?[0-9a-f]{40}(?:\^\{\w+\})?$/;
const mostBytes = 16 * 1024 ** 2;

const remembered = new Map<string, GitResult>();
let bytes = 0;

export interface ReadOptions {
  /** Arguments behind the revisions. */
  readonly rest?: readonly string[];
  /** Exit codes that are an answer, not a failure. Default: 0. */
  readonly accept?: readonly number[];
}

/**
 * Asks git what follows from the objects `revs` of a repository alone. Where all of them are named by their shas the answer can never be
 * another one, and git is asked once: to start a process takes longer than most of what GitHub is asked.
 * Throws as `runGit`.
 */
export async function readObjects(
  dir: string,
  args: readonly string[],
  revs: readonly string[],
  { rest = [], accept = [0] }: ReadOptions = {},
): Promise<GitResult> {
  const all = [...args, ...revs, ...rest];
  if (!revs.every((rev) => LASTING.test(rev))) return runGit(dir, all, { accept });
  const key = [dir, ...all].join("\0");
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const result = await runGit(dir, all, { accept });
  // What is missing today may be there tomorrow.
  if (result.code === 0) remember(key, result);
  return result;
}

function remember(key: string, result: GitResult): void {
  if (remembered.has(key)) return;
  remembered.set(key, result);
  bytes += sizeOf(key, result);
  for (const [oldest, answer] of remembered) {
    if (bytes <= mostBytes) return;
    remembered.delete(oldest);
    bytes -= sizeOf(oldest, answer);
  }
}

function sizeOf(key: string, { stdout }: GitResult): number {
  return key.length + stdout.length + 200;
}
