import { blockAt, eachBlock, type Block } from "../extract/blocks.ts";
import { blobOf } from "./analyse-sources.ts";

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

/**
 * The blocks of many contents in one piece, since reading each by itself costs more than looking at all of them: the bytes of a line of JSON, that
 * line, and the blocks.
 * @param texts by the keys of their contents
 */
export function packBlocks(texts: ReadonlyMap<string, string>): Uint8Array {
  const blocks = Array.from(texts.values(), (text) => Buffer.from(text, "base64"));
  const index: PackIndex = {
    keys: [...texts.keys()].join(" "),
    counts: blocks.map(({ length }) => length / bytesOfBlock),
  };
  const line = Buffer.from(JSON.stringify(index));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(line.length);
  return Buffer.concat([size, line, ...blocks]);
}

interface PackIndex {
  readonly keys: string;
  /** Of the blocks of each. */
  readonly counts: readonly number[];
}

/**
 * The same of a pack.
 * @param wanted git's names for the contents that are looked at
 * @returns also which contents it holds, so that the others are looked for elsewhere
 */
export function findPacked(
  pack: Uint8Array,
  wanted: ReadonlySet<string>,
  hashes: ReadonlySet<number>,
): { readonly found: readonly FoundBlock[]; readonly blobs: ReadonlySet<string> } {
  const bytes = Buffer.from(pack.buffer, pack.byteOffset, pack.length);
  const start = 4 + bytes.readUInt32LE(0);
  const { keys, counts } = JSON.parse(bytes.toString("latin1", 4, start)) as PackIndex;
  const isSought = table(hashes);
  const found: FoundBlock[] = [];
  const blobs = new Set<string>();
  let at = start;
  for (const [file, key] of keys.split(" ").entries()) {
    const end = at + (counts[file] ?? 0) * bytesOfBlock;
    const blob = blobOf(key);
    blobs.add(blob);
    if (wanted.has(blob) && found.length < mostFound)
      for (let next = at; next < end; next += bytesOfBlock)
        if (isSought(bytes.readInt32LE(next))) found.push({ key, block: blockAt(bytes, next) });
    at = end;
  }
  return { found: found.slice(0, mostFound), blobs };
}

function table(hashes: ReadonlySet<number>): (hash: number) => boolean {
  const bits = new Uint8Array(1 << 16);
  for (const hash of hashes) bits[hash & 0xff_ff] = 1;
  return (hash) => bits[hash & 0xff_ff] === 1 && hashes.has(hash);
}
