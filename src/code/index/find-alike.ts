import { eachBlock, type Block } from "../extract/blocks.ts";

export interface PlacedBlock extends Block {
  readonly path: string;
}

const mostFound = 5_000;

/**
 * Blocks with one of these hashes, the first 5,000. There are many blocks and few that are looked for, so that most are passed over by a table of
 * bits.
 * @param texts blocks of contents as they are kept, by any key
 */
export function findAlike(
  texts: ReadonlyMap<string, string>,
  hashes: ReadonlySet<number>,
): readonly { readonly key: string; readonly block: Block }[] {
  const bits = new Uint8Array(1 << 16);
  for (const hash of hashes) bits[hash & 0xff_ff] = 1;
  const found: { key: string; block: Block }[] = [];
  for (const [key, text] of texts) {
    if (found.length >= mostFound) break;
    eachBlock(text, (hash, startLine, endLine) => {
      if (bits[hash & 0xff_ff] === 1 && hashes.has(hash)) found.push({ key, block: { hash, startLine, endLine } });
    });
  }
  return found.slice(0, mostFound);
}
