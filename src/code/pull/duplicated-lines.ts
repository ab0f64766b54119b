import { eachBlock, type Block } from "../extract/blocks.ts";

/** The hashes of all blocks of some files, and those of the blocks that stand there more than once. @param texts as they are written */
export function hashesOf(texts: Iterable<string>): { readonly all: Set<number>; readonly twice: Set<number> } {
  const [all, twice] = [new Set<number>(), new Set<number>()];
  for (const text of texts)
    eachBlock(text, (hash) => {
      if (all.has(hash)) twice.add(hash);
      else all.add(hash);
    });
  return { all, twice };
}

/** How many lines of each file lie in blocks with one of these hashes. */
export function countDuplicatedLines(
  files: ReadonlyMap<string, readonly Block[]>,
  duplicated: ReadonlySet<number>,
): ReadonlyMap<string, number> {
  return new Map(
    [...files].map(([path, blocks]) => [path, countLines(blocks.filter(({ hash }) => duplicated.has(hash)))]),
  );
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
