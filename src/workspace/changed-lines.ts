import { git } from "./git.ts";
import type { Mirror } from "./mirror.ts";

export interface ChangedRange {
  readonly start: number;
  readonly end: number;
}

const mostBytes = 32 * 1024 ** 2;
const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/**
 * The lines that are new or other in `to` than in `from`, by path, 1-based and inclusive. A file that only moved has none. Files with control
 * characters or quotes in their names are left out.
 * @param from a commit or tree that the mirror has, as `to`
 * @throws GitError when it is more than 32 MB
 */
export async function readChangedLines(
  mirror: Pick<Mirror, "directory">,
  from: string,
  to: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly ChangedRange[]>> {
  const options = ["-r", "-p", "--unified=0", "--find-renames", "--no-ext-diff", "--no-textconv", "--no-color"];
  const prefixes = ["--src-prefix=a/", "--dst-prefix=b/", "--submodule=short", "--diff-algorithm=histogram"];
  const { stdout } = await git(["-c", "core.quotePath=false", "diff-tree", ...options, ...prefixes, from, to], {
    gitDirectory: mirror.directory,
    maxOutput: mostBytes,
    ...(signal === undefined ? {} : { signal }),
  });
  return parsePatch(stdout.toString("utf8"));
}

/** Reads a patch without context lines. Hunks are taken by their counts, so that no line of a file is taken for a header. */
export function parsePatch(patch: string): ReadonlyMap<string, readonly ChangedRange[]> {
  const changed = new Map<string, ChangedRange[]>();
  let ranges: ChangedRange[] | null = null;
  let skip = 0;
  for (let start = 0; start < patch.length;) {
    const newline = patch.indexOf("\n", start);
    const end = newline < 0 ? patch.length : newline;
    const line = patch.slice(start, Math.min(end, start + 5_000));
    start = end + 1;
    if (line.startsWith("\\")) continue;
    if (skip > 0) {
      skip -= 1;
      continue;
    }
    const path = /^\+\+\+ b\/(.*?)\t?$/.exec(line)?.[1];
    if (path !== undefined) {
      ranges = [];
      changed.set(path, ranges);
    } else if (line.startsWith("diff ")) ranges = null;
    const [, before = "1", first, count = "1"] = hunk.exec(line) ?? [];
    if (first === undefined) continue;
    skip = Number(before) + Number(count);
    if (ranges !== null && Number(count) > 0)
      ranges.push({ start: Number(first), end: Number(first) + Number(count) - 1 });
  }
  return changed;
}
