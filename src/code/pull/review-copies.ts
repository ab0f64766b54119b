import { decodeBlocks, type Block } from "../extract/blocks.ts";
import type { FileFacts } from "../facts.ts";
import type { PlacedBlock } from "../index/find-alike.ts";
import { countDuplicatedLines } from "./duplicated-lines.ts";
import { findCopies, findingOfCopy, findNewBlocks, type Copy } from "./find-copies.ts";
import type { PlacedFinding } from "./placed-finding.ts";
import type { PullSide } from "./side.ts";

type Files = ReadonlyMap<string, FileFacts>;

export interface CopiesToReview {
  readonly head: PullSide;
  readonly changed: readonly string[];
  readonly base: Files;
  readonly now: Files;
  /** The base's path of a file of the head. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Lines of code that make a copy worth telling. */
  readonly least: number;
  /** Tests say the same again and again, and it does them good. */
  readonly isTest: (path: string) => boolean;
}

/** So many blocks are looked for: more than ten files of the greatest length have. */
const mostHashes = 20_000;
const mostTexts = 100;

/** Copies that a pull adds, and how many lines of the files of both sides stand more than once in their repository. */
export async function reviewCopies({ head, changed, base, now, renamed, least, isTest }: CopiesToReview): Promise<{
  readonly findings: readonly PlacedFinding[];
  readonly lines: { readonly base: ReadonlyMap<string, number>; readonly head: ReadonlyMap<string, number> };
}> {
  const [old, own] = [blocksOf(base, isTest), blocksOf(now, isTest)];
  const hashes = new Set([...own.values(), ...old.values()].flat().map(({ hash }) => hash));
  const wanted = new Set([...hashes].slice(0, mostHashes));
  const found = wanted.size === 0 ? [] : head.alike(wanted, new Set(changed));
  const others = found.filter(({ path }) => !isTest(path));
  const elsewhere = new Set(others.map(({ hash }) => hash));
  const lines = { base: countDuplicatedLines(old, elsewhere), head: countDuplicatedLines(own, elsewhere) };

  const added = findNewBlocks(old, own, renamed);
  const sought = new Set(added.map(({ hash }) => hash));
  const places = [...placed(own), ...others].filter(({ hash }) => sought.has(hash));
  const counts = Map.groupBy(places, ({ hash }) => hash);
  const copied = added.filter(({ hash }) => (counts.get(hash)?.length ?? 0) > 1);
  const shared = new Set(copied.map(({ hash }) => hash));
  const paths = new Set(places.filter(({ hash }) => shared.has(hash)).map(({ path }) => path));
  const texts = await head.read([...paths].slice(0, mostTexts));
  const addedAt = Map.groupBy(added, ({ path }) => path);
  const isWanted = (copy: Copy) =>
    copy.lines >= least && isNew(copy, own.get(copy.path) ?? [], addedAt.get(copy.path) ?? []);
  return { findings: findCopies(copied, places, texts, isWanted).map(findingOfCopy), lines };
}

/** Of a copy that was moved the blocks at its ends are new, where what stands around it is in them. */
function isNew({ startLine, endLine }: Copy, blocks: readonly Block[], added: readonly Block[]): boolean {
  const isInside = (block: Block) => startLine <= block.startLine && block.endLine <= endLine;
  const fresh = added.filter(isInside);
  return 2 * fresh.length >= blocks.filter(isInside).length;
}

function blocksOf(files: Files, isTest: (path: string) => boolean): ReadonlyMap<string, readonly Block[]> {
  return new Map(
    [...files].filter(([path]) => !isTest(path)).map(([path, { blocks }]) => [path, decodeBlocks(blocks)]),
  );
}

function placed(files: ReadonlyMap<string, readonly Block[]>): readonly PlacedBlock[] {
  return [...files].flatMap(([path, blocks]) => blocks.map((block) => ({ path, ...block })));
}
