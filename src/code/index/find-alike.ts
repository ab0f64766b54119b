import { blockAt, eachBlock, type Block } from "../extract/blocks.ts";

export interface PlacedBlock extends Block {
  readonly path: string;
}

const mostFound = 5_000;
const bytesOfBlock = 8;

export interface FoundBlock {
  readonly key: string;
  readonly block: Block;
}

/**
 * Blocks with one of these hashes, the first 5,000. There are many blocks and few that are looked for, so that most are passed over by a table of
 * bits.
 * @param texts blocks of contents as they are kept, by any key
 */
export function findAlike(texts: ReadonlyMap<string, string>, hashes: ReadonlySet<number>): readonly FoundBlock[] {
  const isSought = table(hashes);
  const found: FoundBlock[] = [];
  for (const [key, text] of texts) {
    if (found.length >= mostFound) break;
    eachBlock(text, (hash, startLine, endLine) => {
      if (isSought(hash)) found.push({ key, block: { hash, startLine, endLine } });
    });
  }
  return found.slice(0, mostFound);
}

/** The blocks of many contents in one piece, since reading each by itself costs more than looking at all of them. */
export function packBlocks(texts: ReadonlyMap<string, string>): Uint8Array {
  const blocks = [...texts].map(([key, text]) => [key, Buffer.from(text, "base64")] as const);
  const index = Buffer.from(JSON.stringify(blocks.map(([key, { length }]) => [key, length / bytesOfBlock])));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(index.length);
  return Buffer.concat([size, index, ...blocks.map(([, bytes]) => bytes)]);
}

/**
 * The same of a pack.
 * @returns also which contents it holds, so that the others are looked for elsewhere
 */
export function findPacked(
  pack: Uint8Array,
  isWanted: (key: string) => boolean,
  hashes: ReadonlySet<number>,
): { readonly found: readonly FoundBlock[]; readonly keys: ReadonlySet<string> } {
  const bytes = Buffer.from(pack.buffer, pack.byteOffset, pack.length);
  const start = 4 + bytes.readUInt32LE(0);
  const index = JSON.parse(bytes.toString("utf8", 4, start)) as readonly (readonly [string, number])[];
  const isSought = table(hashes);
  const found: FoundBlock[] = [];
  let at = start;
  for (const [key, count] of index) {
    const end = at + count * bytesOfBlock;
    if (isWanted(key) && found.length < mostFound)
      for (let next = at; next < end; next += bytesOfBlock)
        if (isSought(bytes.readInt32LE(next))) found.push({ key, block: blockAt(bytes, next) });
    at = end;
  }
  return { found: found.slice(0, mostFound), keys: new Set(index.map(([key]) => key)) };
}

function table(hashes: ReadonlySet<number>): (hash: number) => boolean {
  const bits = new Uint8Array(1 << 16);
  for (const hash of hashes) bits[hash & 0xff_ff] = 1;
  return (hash) => bits[hash & 0xff_ff] === 1 && hashes.has(hash);
}
