/** Code that stands more than once: found by blocks, believed by its lines. */
import type { Block } from "../extract/blocks.ts";
import { shortHash, type PlacedFinding } from "./placed-finding.ts";
import type { PlacedBlock } from "../index/find-alike.ts";

/** Blocks of the head whose hash its changed files have more often than the base's: copies that came, wherever older ones were moved. */
export function findNewBlocks(
  base: ReadonlyMap<string, readonly Block[]>,
  head: ReadonlyMap<string, readonly PlacedBlock[]>,
  renamed: ReadonlyMap<string, string>,
): readonly PlacedBlock[] {
  const spare = new Map<number, number>();
  for (const blocks of base.values()) for (const { hash } of blocks) spare.set(hash, (spare.get(hash) ?? 0) + 1);
  const placed = [...head.values()].flat();
  if (spare.size === 0) return placed;
  // What stays in its file was there before.
  const left = new Map([...base].map(([path, blocks]) => [path, countOf(blocks)]));
  const come = placed.filter(({ path, hash }) => {
    const known = left.get(renamed.get(path) ?? path);
    const count = known?.get(hash) ?? 0;
    if (count === 0) return true;
    known?.set(hash, count - 1);
    spare.set(hash, (spare.get(hash) ?? 0) - 1);
    return false;
  });
  return come.filter(({ hash }) => {
    const count = spare.get(hash) ?? 0;
    spare.set(hash, count - 1);
    return count <= 0;
  });
}

function countOf(blocks: readonly Block[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { hash } of blocks) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  return counts;
}

/** The same lines at two places. */
export interface Copy {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  /** Lines with code in it. */
  readonly lines: number;
  readonly other: { readonly path: string; readonly startLine: number; readonly endLine: number };
  /** What stands there, without white space. */
  readonly text: string;
}

const mostCopies = 50;
const mostTried = 2_000;
/** Places with the same hash that are looked at. */
const mostOfBlock = 20;

/**
 * The copies that new blocks are of. Lines are compared one by one, without white space, empty lines and lines of comment, as far as they are the
 * same in both directions.
 * @param elsewhere where the same hashes stand, in any file of the head
 * @param texts of all files that have them; a copy of a file without one is not told
 * @param isWanted whether a copy is worth telling
 */
export function findCopies(
  blocks: readonly PlacedBlock[],
  elsewhere: readonly PlacedBlock[],
  texts: ReadonlyMap<string, string>,
  isWanted: (copy: Copy) => boolean,
): readonly Copy[] {
  const known = new Map<string, readonly CodeLine[]>();
  // Most copies are found before every text is needed.
  const linesOf = (path: string) => {
    const text = texts.get(path);
    const lines = known.get(path) ?? (text === undefined ? undefined : codeLines(text));
    if (lines !== undefined) known.set(path, lines);
    return lines;
  };
  const byHash = Map.groupBy(elsewhere, ({ hash }) => hash);
  const copies: Copy[] = [];
  let left = mostTried;
  for (const block of blocks) {
    if (copies.length === mostCopies || left <= 0) break;
    if (isCovered(copies, block)) continue;
    const others = (byHash.get(block.hash) ?? []).slice(0, Math.min(left, mostOfBlock));
    left -= others.length;
    const copy = firstCopy(block, others, { linesOf, copies, isWanted });
    if (copy !== undefined) copies.push(copy);
  }
  return copies;
}

interface Sought {
  readonly linesOf: (path: string) => readonly CodeLine[] | undefined;
  readonly copies: readonly Copy[];
  readonly isWanted: (copy: Copy) => boolean;
}

function firstCopy(
  block: PlacedBlock,
  others: readonly PlacedBlock[],
  { linesOf, copies, isWanted }: Sought,
): Copy | undefined {
  const own = linesOf(block.path);
  for (const other of others) {
    const theirs = linesOf(other.path);
    if (own === undefined || theirs === undefined) continue;
    if (other.path === block.path && other.startLine === block.startLine) continue;
    // Of two places in files that changed one is told, by the other.
    if (isCovered(copies, other) && copies.some((copy) => overlaps(copy.other, block))) continue;
    const copy = copyAt({ path: block.path, lines: own, block }, { path: other.path, lines: theirs, block: other });
    if (copy !== null && isWanted(copy)) return copy;
  }
  return undefined;
}

function isCovered(copies: readonly Copy[], block: PlacedBlock): boolean {
  return copies.some((copy) => overlaps(copy, block));
}

function overlaps(range: { path: string; startLine: number; endLine: number }, block: PlacedBlock): boolean {
  return range.path === block.path && range.startLine <= block.startLine && block.startLine <= range.endLine;
}

interface CodeLine {
  readonly line: number;
  readonly text: string;
}

interface Place {
  readonly path: string;
  readonly lines: readonly CodeLine[];
  readonly block: Block;
}

/** Lines that hold more than white space and comment, without white space. */
function codeLines(text: string): readonly CodeLine[] {
  return text.split("\n").flatMap((line, at) => {
    const trimmed = line.trim();
    if (trimmed === "" || /^(?:\/\/|\/\*|\*(?:[\s/]|$)|#(?:\s|$))/.test(trimmed)) return [];
    return [{ line: at + 1, text: trimmed.replaceAll(/\s+/g, "") }];
  });
}

/** The longest run of equal lines that begins in both blocks; null when they have none in common. */
function copyAt(one: Place, other: Place): Copy | null {
  const theirs = indicesIn(other);
  const tried = new Set<number>();
  let best: readonly [number, number, number] = [0, -1, 0];
  for (const at of indicesIn(one))
    for (const there of theirs) {
      if (tried.has(at - there) || one.lines[at]?.text !== other.lines[there]?.text) continue;
      tried.add(at - there);
      const [first, last] = runAround(one, other, at, there);
      if (last - first > best[1] - best[0]) best = [first, last, at - there];
    }
  const [first, last, offset] = best;
  const run = one.lines.slice(first, last + 1);
  const [from, to] = [run[0], run.at(-1)];
  const [otherFrom, otherTo] = [other.lines[first - offset], other.lines[last - offset]];
  if (!from || !to || !otherFrom || !otherTo) return null;
  return {
    path: one.path,
    startLine: from.line,
    endLine: to.line,
    lines: run.length,
    other: { path: other.path, startLine: otherFrom.line, endLine: otherTo.line },
    text: run.map((each) => each.text).join("\n"),
  };
}

/** How far lines are the same around two that are: the first and the last index. Within one file a run ends before it meets itself. */
function runAround(one: Place, other: Place, at: number, there: number): readonly [number, number] {
  const offset = at - there;
  const isSame = (index: number) =>
    one.lines[index] !== undefined && one.lines[index]?.text === other.lines[index - offset]?.text;
  const most = one.path === other.path ? Math.abs(offset) : Infinity;
  let [first, last] = [at, at];
  while (isSame(last + 1) && last + 1 - first < most) last += 1;
  while (isSame(first - 1) && last - first + 1 < most) first -= 1;
  return [first, last];
}

/** Which lines of code lie in a block. */
function indicesIn({ lines, block }: Place): readonly number[] {
  const found: number[] = [];
  for (let at = firstFrom(lines, block.startLine); at < lines.length && (lines[at]?.line ?? 0) <= block.endLine; at++)
    found.push(at);
  return found;
}

function firstFrom(lines: readonly CodeLine[], line: number): number {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((lines[middle]?.line ?? 0) < line) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function findingOfCopy({ path, startLine, endLine, lines, other, text }: Copy): PlacedFinding {
  const where = `${other.path}:${other.startLine}-${other.endLine}`;
  return {
    path,
    rule: "quality/duplication",
    severity: "warning",
    startLine,
    endLine,
    message: `These ${lines} lines also stand in \`${where}\`. A change to one is easily forgotten in the other: let both use one function.`,
    symbol: "",
    anchor: shortHash(text),
  };
}
