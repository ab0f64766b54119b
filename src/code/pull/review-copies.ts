import { eachBlock, type Block } from "../extract/blocks.ts";
import type { FileFacts } from "../facts.ts";
import type { PlacedBlock } from "../index/find-alike.ts";
import { countDuplicatedLines, hashesOf } from "./duplicated-lines.ts";
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
  const written = { base: writtenBlocks(base, isTest), head: writtenBlocks(now, isTest) };
  const hashes = { base: hashesOf(written.base.values()), head: hashesOf(written.head.values()) };
  const apart = new Set(changed);
  // Of a whole repository no file is left to look into.
  const isWhole = [...head.graph.files.keys()].every((path) => apart.has(path));
  const wanted = firstHashes(isWhole ? [] : [hashes.head.all, hashes.base.all]);
  const found = wanted.size === 0 ? [] : head.alike(wanted, apart);
  const others = found.filter(({ path }) => !isTest(path));
  const elsewhere = others.map(({ hash }) => hash);
  const duplicated = {
    base: new Set([...hashes.base.twice, ...elsewhere]),
    head: new Set([...hashes.head.twice, ...elsewhere]),
  };
  const old = readBlocks(written.base);
  // Where there is nothing to compare with, all is new, and a block that stands once says nothing more.
  const own = readBlocks(written.head, hashes.base.all.size === 0 ? duplicated.head : undefined);
  const lines = {
    base: countDuplicatedLines(old, duplicated.base),
    head: countDuplicatedLines(own, duplicated.head),
  };

  const added = findNewBlocks(old, own, renamed);
  const copied = added.filter(({ hash }) => duplicated.head.has(hash));
  const shared = new Set(copied.map(({ hash }) => hash));
  const places = [...[...own.values()].flat(), ...others].filter(({ hash }) => shared.has(hash));
  const paths = new Set(places.map(({ path }) => path));
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

function writtenBlocks(files: Files, isTest: (path: string) => boolean): ReadonlyMap<string, string> {
  return new Map([...files].filter(([path]) => !isTest(path)).map(([path, { blocks }]) => [path, blocks]));
}

/** @param hashes of the blocks that are read; by default all */
function readBlocks(
  files: ReadonlyMap<string, string>,
  hashes?: ReadonlySet<number>,
): ReadonlyMap<string, readonly PlacedBlock[]> {
  return new Map(
    [...files].map(([path, text]) => {
      const blocks: PlacedBlock[] = [];
      eachBlock(text, (hash, startLine, endLine) => {
        if (hashes === undefined || hashes.has(hash)) blocks.push({ path, hash, startLine, endLine });
      });
      return [path, blocks];
    }),
  );
}

/** Up to {@link mostHashes}. */
function firstHashes(sets: readonly ReadonlySet<number>[]): ReadonlySet<number> {
  const first = new Set<number>();
  for (const set of sets)
    for (const hash of set) {
      if (first.size === mostHashes) return first;
      first.add(hash);
    }
  return first;
}
