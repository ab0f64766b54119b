/**
 * Fingerprints by which copied code is found: winnowing (Schleimer, Wilkerson, Aiken, "Winnowing: local algorithms for document
 * fingerprinting", 2003) over the leaves of the tree. Whatever 60 tokens in a row two files share, they share a fingerprint of it.
 */
import type { FlatTree, Kinds } from "../syntax/flat-tree.ts";

/** Tokens of which each fingerprint is made, and fingerprints of which at least one is kept. */
const gram = 40;
const kept = 21;
const most = { blocks: 20_000, text: 200, span: 255 };

/** Where tokens lie that are likely the same as those of another block with this hash. */
export interface Block {
  /** 32 bits: what has the same one is looked at, and not believed. */
  readonly hash: number;
  /** 1-based and inclusive. */
  readonly startLine: number;
  readonly endLine: number;
}

/** Comments are no code, and imports are the same wherever the same is used. */
const apart =
  /^(?:(?:line_|block_)?comment|import_statement|import_from_statement|future_import_statement|import_declaration|package_declaration|package_clause|use_declaration|extern_crate_declaration)$/;

/** The blocks of a file in order, in Base64: 32 bits of hash, 24 of the first line, 8 of how many lines follow; the first 20,000. */
export function readBlocks(tree: FlatTree): string {
  const grams = hashGrams(readTokens(tree));
  if (grams <= 0) return "";
  const { hash, start } = tokens;
  const width = Math.min(kept, grams);
  const found: number[] = [];
  let smallest = -1;
  for (let first = 0; first + width <= grams && found.length < 2 * most.blocks; first++) {
    const last = first + width - 1;
    const before = smallest;
    if (smallest < first) smallest = smallestOf(hash, first, last);
    else if ((hash[last] ?? 0) <= (hash[smallest] ?? 0)) smallest = last;
    if (smallest === before) continue;
    const startLine = tree.lineAt(start[smallest] ?? 0);
    const span = tree.lineAt(start[smallest + gram - 1] ?? 0) - startLine;
    found.push(hash[smallest] ?? 0, ((startLine & 0xff_ff_ff) << 8) | Math.min(most.span, span));
  }
  return Buffer.from(Int32Array.from(found).buffer).toString("base64");
}

/** Puts the hash of each run of tokens in the place of its first token's (Karp and Rabin), and says how many there are. */
function hashGrams(count: number): number {
  const { hash } = tokens;
  const grams = count - gram + 1;
  let rolling = 0;
  for (let at = 0; at < Math.min(count, gram - 1); at++)
    rolling = (Math.imul(rolling, multiplier) + (hash[at] ?? 0)) | 0;
  for (let at = 0; at < grams; at++) {
    const first = hash[at] ?? 0;
    rolling = (Math.imul(rolling, multiplier) + (hash[at + gram - 1] ?? 0)) | 0;
    hash[at] = mix(rolling);
    rolling = (rolling - Math.imul(first, highest)) | 0;
  }
  return grams;
}

/** What {@link readBlocks} wrote. */
export function decodeBlocks(text: string): readonly Block[] {
  const blocks: Block[] = [];
  eachBlock(text, (hash, startLine, endLine) => blocks.push({ hash, startLine, endLine }));
  return blocks;
}

/** The same without an object for each. */
export function eachBlock(text: string, take: (hash: number, startLine: number, endLine: number) => void): void {
  const bytes = Buffer.from(text, "base64");
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    const place = bytes.readUInt32LE(at + 4);
    const startLine = place >>> 8;
    take(bytes.readInt32LE(at), startLine, startLine + (place & 0xff));
  }
}

/** One block of the decoded bytes. */
export function blockAt(bytes: Buffer, at: number): Block {
  const place = bytes.readUInt32LE(at + 4);
  const startLine = place >>> 8;
  return { hash: bytes.readInt32LE(at), startLine, endLine: startLine + (place & 0xff) };
}

/** The tokens of the tree at hand; reused from file to file. */
const tokens = { hash: new Int32Array(1 << 16), start: new Uint32Array(1 << 16) };

/** Fills `tokens`, and says how many there are. */
function readTokens(tree: FlatTree): number {
  if (tokens.hash.length < tree.size) {
    tokens.hash = new Int32Array(tree.size * 2);
    tokens.start = new Uint32Array(tree.size * 2);
  }
  const { text } = tree;
  const known = plansOf(tree.kinds);
  let count = 0;
  // Leaves without a name have no place of their own: they stand behind what was before them.
  let place = 0;
  for (let node = 0; node < tree.size;) {
    const kind = tree.kind(node);
    const plan = (known.plan[kind] ??= planOf(tree, node));
    const next = tree.next(node);
    if (plan === skipped) {
      node = next;
      continue;
    }
    if (plan === named) place = tree.start(node);
    if (next === node + 1) {
      tokens.hash[count] =
        plan === named ? hashOf(text, place, tree.end(node)) : (known.hash[kind] ??= hashOfType(tree, node));
      tokens.start[count++] = place;
    }
    node += 1;
  }
  return count;
}

const [skipped, named, nameless] = [1, 2, 3];
interface Plans {
  readonly plan: (number | undefined)[];
  readonly hash: (number | undefined)[];
}
const plans = new WeakMap<Kinds, Plans>();

function plansOf(kinds: Kinds): Plans {
  const known = plans.get(kinds) ?? { plan: [], hash: [] };
  plans.set(kinds, known);
  return known;
}

function planOf(tree: FlatTree, node: number): number {
  if (!tree.isNamed(node)) return nameless;
  return apart.test(tree.type(node)) ? skipped : named;
}

/** By its text, which is the same in all grammars. */
function hashOfType(tree: FlatTree, node: number): number {
  const type = tree.type(node);
  return hashOf(type, 0, type.length);
}

/** FNV-1a of the first 200 characters, and the length. */
function hashOf(text: string, start: number, end: number): number {
  let hash = 0x81_1c_9d_c5 ^ (end - start);
  const last = Math.min(end, start + most.text);
  for (let at = start; at < last; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01_00_01_93);
  return hash;
}

const multiplier = 0x2c_1b_3c_6d;
const highest = Array.from({ length: gram - 1 }).reduce<number>((product) => Math.imul(product, multiplier), 1);

/** Every bit depends on every other, so that the smallest is anyone (Appleby's final mix of MurmurHash3). */
function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2_b2_ae_35);
  return mixed ^ (mixed >>> 16);
}

/** The last of the smallest. */
function smallestOf(hash: Int32Array, first: number, last: number): number {
  let found = first;
  for (let at = first + 1; at <= last; at++) if ((hash[at] ?? 0) <= (hash[found] ?? 0)) found = at;
  return found;
}
