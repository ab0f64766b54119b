import type { Block } from "../extract/blocks.ts";

/**
 * How many lines of each file lie in blocks that stand more than once: in these files, or elsewhere.
 * @param elsewhere hashes of blocks of all other files, as far as these files have them
 */
export function countDuplicatedLines(
  files: ReadonlyMap<string, readonly Block[]>,
  elsewhere: ReadonlySet<number>,
): ReadonlyMap<string, number> {
  const [seen, twice] = [new Set<number>(), new Set<number>(elsewhere)];
  for (const blocks of files.values())
    for (const { hash } of blocks) {
      if (seen.has(hash)) twice.add(hash);
      seen.add(hash);
    }
  return new Map([...files].map(([path, blocks]) => [path, countLines(blocks.filter(({ hash }) => twice.has(hash)))]));
}

/** Blocks are in order, and may overlap. */
function countLines(blocks: readonly Block[]): number {
  let [count, last] = [0, 0];
  for (const { startLine, endLine } of blocks) {
    if (endLine <= last) continue;
    count += endLine - Math.max(startLine, last + 1) + 1;
    last = endLine;
  }
  return count;
}
