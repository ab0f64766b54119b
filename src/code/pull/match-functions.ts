import { decodeBlocks, type Block } from "../extract/blocks.ts";
import type { CodeSymbol, FileFacts } from "../facts.ts";
import type { FunctionMetrics } from "../metrics/function-metrics.ts";
import { qualifiedName } from "../qualified-name.ts";
import { shareOf } from "./match-files.ts";

/** A function at its place. */
export interface PlacedFunction {
  readonly path: string;
  /** `Cart.add`; a function without a name is called by what it lies in: `Cart.add.anonymous function`. */
  readonly name: string;
  readonly metrics: FunctionMetrics;
  /** What tells it from others: its blocks, what it calls, and its measures. Few are asked for it. */
  readonly marks: () => ReadonlySet<string>;
}

/** The functions of a file in order, by their qualified names. */
export function functionsOf(path: string, facts: FileFacts): readonly PlacedFunction[] {
  const nameAt = qualifiedNames(facts.symbols);
  let blocks: readonly Block[] | undefined;
  return facts.functions.map((metrics) => {
    let known: ReadonlySet<string> | undefined;
    const marks = () => (known ??= marksOf(metrics, facts, (blocks ??= decodeBlocks(facts.blocks))));
    return { path, name: nameAt(metrics), metrics, marks };
  });
}

function marksOf(metrics: FunctionMetrics, { calls }: FileFacts, blocks: readonly Block[]): ReadonlySet<string> {
  const isInside = (first: number, last: number) => first >= metrics.startLine && last <= metrics.endLine;
  const hashes = blocks
    .filter(({ startLine, endLine }) => isInside(startLine, endLine))
    .map(({ hash }) => String(hash));
  const names = calls
    .filter(({ line, name }) => isInside(line, line) && name !== metrics.name)
    .map(({ of, name }) => `${of}.${name}`);
  return new Set([...hashes, ...names, measuresOf(metrics)]);
}

/** All that is measured, but for where. */
function measuresOf(metrics: FunctionMetrics): string {
  const { name: _, startLine, endLine, ...measures } = metrics;
  return JSON.stringify([endLine - startLine, measures]);
}

/** The qualified name of what lies in some lines: that of the symbol which it is, or of the one around it with its own name. */
function qualifiedNames(symbols: readonly CodeSymbol[]): (of: FunctionMetrics) => string {
  return ({ name, startLine, endLine }) => {
    let at = beginningUntil(symbols, startLine) - 1;
    while (at >= 0 && (symbols[at]?.endLine ?? 0) < endLine) at -= 1;
    const around = symbols[at];
    if (around === undefined) return name;
    const whole = qualifiedName(around, symbols);
    return around.name === name ? whole : `${whole}.${name}`;
  };
}

/** How many symbols begin on a line or before it. */
function beginningUntil(symbols: readonly CodeSymbol[], line: number): number {
  let [low, high] = [0, symbols.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((symbols[middle]?.startLine ?? 0) <= line) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Share of blocks from which on two functions are one that was renamed. */
const alikeFrom = 0.5;
/** On each side: each is compared with each. */
const mostCompared = 100;

/**
 * What each function of the head was in the base: the one of its qualified name in the same file, else the one that is most alike, else one of
 * that name in another file.
 * @param renamed the base's path of a file of the head
 */
export function matchFunctions(
  base: readonly PlacedFunction[],
  head: readonly PlacedFunction[],
  renamed: ReadonlyMap<string, string>,
): ReadonlyMap<PlacedFunction, PlacedFunction> {
  const matched = new Map<PlacedFunction, PlacedFunction>();
  const free = new Set(base);
  const match = (to: PlacedFunction, from: PlacedFunction) => {
    if (matched.has(to) || !free.has(from)) return;
    matched.set(to, from);
    free.delete(from);
  };
  const matchNext = (to: PlacedFunction, candidates: PlacedFunction[] | undefined) => {
    const from = candidates?.shift();
    if (from !== undefined) match(to, from);
  };
  const byName = (keyOfBase: (one: PlacedFunction) => string, keyOfHead: (one: PlacedFunction) => string) => {
    if (free.size === 0) return;
    const known = Map.groupBy(free, keyOfBase);
    const groups = Map.groupBy(
      head.filter((one) => !matched.has(one)),
      keyOfHead,
    );
    for (const [key, group] of groups) {
      const candidates = known.get(key) ?? [];
      const rest = () => candidates.filter((from) => free.has(from));
      const open = () => group.filter((one) => !matched.has(one));
      if (group.length + candidates.length > 2) {
        // Most did not change: those are found without comparing each with each.
        const alike = Map.groupBy(candidates, ({ metrics }) => measuresOf(metrics));
        for (const to of group) matchNext(to, alike.get(measuresOf(to.metrics)));
        for (const { to, from } of bestFirst(open(), rest())) match(to, from);
      }
      const left = rest();
      for (const to of open()) matchNext(to, left);
    }
  };
  byName(
    ({ path, name }) => `${path}\n${name}`,
    ({ path, name }) => `${renamed.get(path) ?? path}\n${name}`,
  );
  const left = head.filter((one) => !matched.has(one));
  for (const { to, from } of bestFirst(left, [...free])) match(to, from);
  // What has no name is not the same for having none.
  const named = ({ path, name }: PlacedFunction) => (name.endsWith(anonymous) ? `${path}\n${name}` : name);
  byName(named, named);
  return matched;
}

const anonymous = "anonymous function";

/** Pairs that are alike enough, the most alike first. */
function bestFirst(
  heads: readonly PlacedFunction[],
  bases: readonly PlacedFunction[],
): readonly { readonly to: PlacedFunction; readonly from: PlacedFunction }[] {
  return heads
    .slice(0, mostCompared)
    .flatMap((to) =>
      bases.slice(0, mostCompared).map((from) => ({ to, from, share: shareOf(from.marks(), to.marks()) })),
    )
    .filter(({ share }) => share >= alikeFrom)
    .toSorted((one, other) => other.share - one.share);
}
