import { decodeBlocks } from "../extract/blocks.ts";
import type { FileFacts } from "../facts.ts";

/** Share of what tells them from others from which on two files are one that was renamed. */
const alikeFrom = 0.5;
/** So many files on each side are compared with each other. */
const mostCompared = 100;

/**
 * Which file of the base each file of the head was. Files of one path are one; of the others those with the same code, and then those of the same
 * language that have most in common.
 * @returns by the paths of the head
 */
export function matchFiles(
  base: ReadonlyMap<string, FileFacts>,
  head: ReadonlyMap<string, FileFacts>,
): ReadonlyMap<string, string> {
  const matched = new Map([...head.keys()].filter((path) => base.has(path)).map((path) => [path, path]));
  const free = new Map([...base].filter(([path]) => !head.has(path)));
  const match = (path: string, from: string | undefined) => {
    if (from === undefined || matched.has(path) || !free.delete(from)) return;
    matched.set(path, from);
  };
  const same = Map.groupBy(free, ([, { blocks }]) => blocks);
  for (const [path, { blocks }] of head)
    if (blocks !== "" && !matched.has(path)) match(path, same.get(blocks)?.shift()?.[0]);

  if (free.size === 0) return matched;
  const sketch = ([path, facts]: [string, FileFacts]) => ({ path, language: facts.language, marks: marksOf(facts) });
  const gone = [...free].slice(0, mostCompared).map(sketch);
  const come = [...head]
    .filter(([path]) => !matched.has(path))
    .slice(0, mostCompared)
    .map(sketch);
  const pairs = come
    .flatMap((to) =>
      gone
        .filter((from) => from.language === to.language)
        .map((from) => ({
          from: from.path,
          to: to.path,
          share: likeness(from.marks, to.marks) + sameName(from.path, to.path),
        })),
    )
    .filter(({ share }) => share >= alikeFrom)
    .toSorted((one, other) => other.share - one.share);
  for (const { from, to } of pairs) match(to, from);
  return matched;
}

/** What tells a file from others. */
interface Marks {
  readonly blocks: ReadonlySet<string>;
  /** What it declares and calls: less sure than blocks, which a line here and there changes all. */
  readonly names: ReadonlySet<string>;
}

function marksOf({ blocks, symbols, calls, lines }: FileFacts): Marks {
  const names = [...symbols.map(({ signature }) => signature), ...calls.map(({ of, name }) => `${of}.${name}`)];
  return {
    blocks: new Set(decodeBlocks(blocks).map(({ hash }) => String(hash))),
    names: new Set(names.length === 0 ? [`${lines} lines`] : names),
  };
}

function likeness(one: Marks, other: Marks): number {
  return Math.max(shareOf(one.blocks, other.blocks), shareOf(one.names, other.names));
}

/** Of what both have in what either has (Jaccard). */
export function shareOf(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  let both = 0;
  for (const mark of one) if (other.has(mark)) both += 1;
  return both === 0 ? 0 : both / (one.size + other.size - both);
}

/** Of files that are as much alike the one with the same name. */
function sameName(one: string, other: string): number {
  return one.split("/").at(-1) === other.split("/").at(-1) ? 0.05 : 0;
}
