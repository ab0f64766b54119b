import { Minimatch } from "minimatch";
import type { Mirror } from "./mirror.ts";
import type { TreeEntry } from "./objects.ts";

/** The files of a commit or tree that one of the globs matches. Where none of them has a wildcard, only their paths are read. */
export async function listMatching(
  mirror: Pick<Mirror, "listFiles">,
  treeish: string,
  globs: readonly string[],
): Promise<readonly TreeEntry[]> {
  const patterns = globs.map((glob) => new Minimatch(glob, { dot: true }));
  const hasWildcards = patterns.some((pattern) => pattern.hasMagic());
  const entries = await (hasWildcards ? mirror.listFiles(treeish) : mirror.listFiles(treeish, globs));
  return entries.filter(({ path }) => patterns.some((pattern) => pattern.match(path)));
}
