/** The numbers of a pull: of its functions, its files, and all of them together, in base and head. */
import type { FileFacts } from "../facts.ts";
import type { FunctionMetrics } from "../metrics/function-metrics.ts";
import type { PlacedFunction } from "./match-functions.ts";

export interface Numbers {
  readonly files: number;
  readonly functions: number;
  readonly lines: number;
  /** Sums over the functions. */
  readonly cyclomatic: number;
  readonly cognitive: number;
  /** Of the deepest function. */
  readonly nesting: number;
  /** 0 to 100, more is better: the mean over the functions by their length; null without functions. */
  readonly maintainability: number | null;
  /** Lines that also stand elsewhere, for tokens in a row from 60 on. */
  readonly duplicatedLines: number;
}

/** Null where the side does not have it. */
export interface Difference<N> {
  readonly base: N | null;
  readonly head: N | null;
}

export interface PullMetrics {
  /** Of the changed files that were looked into, together. */
  readonly total: Difference<Numbers>;
  readonly files: readonly (Difference<Numbers> & { readonly path: string })[];
  /** Those whose measures differ, by their qualified names; the path is the head's, or the base's of what is gone. */
  readonly functions: readonly (Difference<FunctionMetrics> & { readonly path: string; readonly name: string })[];
}

export interface MeasuredSide {
  readonly files: ReadonlyMap<string, FileFacts>;
  readonly functions: readonly PlacedFunction[];
  /** By path. */
  readonly duplicatedLines: ReadonlyMap<string, number>;
}

/**
 * @param base null when there is none
 * @param renamed the base's path of a file of the head
 * @param before what each function of the head was in the base
 */
export function measurePull(
  base: MeasuredSide | null,
  head: MeasuredSide,
  renamed: ReadonlyMap<string, string>,
  before: ReadonlyMap<PlacedFunction, PlacedFunction>,
): PullMetrics {
  const old = new Set(renamed.values());
  const numbers = (side: MeasuredSide | null, path: string) => {
    const facts = side?.files.get(path);
    return side === null || facts === undefined ? null : numbersOf([[path, facts]], side);
  };
  const gone = [...(base?.files.keys() ?? [])].filter((path) => !old.has(path));
  return {
    total: { base: base && numbersOf([...base.files], base), head: numbersOf([...head.files], head) },
    files: [
      ...[...head.files.keys()].map((path) => ({
        path,
        base: numbers(base, renamed.get(path) ?? path),
        head: numbers(head, path),
      })),
      ...gone.map((path) => ({ path, base: numbers(base, path), head: null })),
    ],
    functions: functionsOf(base, head, before),
  };
}

function functionsOf(
  base: MeasuredSide | null,
  head: MeasuredSide,
  before: ReadonlyMap<PlacedFunction, PlacedFunction>,
): PullMetrics["functions"] {
  const stayed = new Set(before.values());
  const now = head.functions.map((one) => ({
    path: one.path,
    name: one.name,
    base: before.get(one)?.metrics ?? null,
    head: one.metrics,
  }));
  const gone = (base?.functions ?? [])
    .filter((one) => !stayed.has(one))
    .map(({ path, name, metrics }) => ({ path, name, base: metrics, head: null }));
  return [...now.filter((each) => each.base === null || !isSame(each.base, each.head)), ...gone];
}

/** But for where they stand. */
function isSame(one: FunctionMetrics, other: FunctionMetrics): boolean {
  const measures = (each: FunctionMetrics) =>
    [
      each.endLine - each.startLine,
      each.parameters,
      each.cyclomatic,
      each.cognitive,
      each.nesting,
      each.maintainability,
    ].join();
  return measures(one) === measures(other);
}

function numbersOf(files: readonly (readonly [string, FileFacts])[], { duplicatedLines }: MeasuredSide): Numbers {
  const sums = { functions: 0, lines: 0, cyclomatic: 0, cognitive: 0, nesting: 0, duplicatedLines: 0 };
  let [length, weighted] = [0, 0];
  for (const [path, { lines, functions }] of files) {
    sums.functions += functions.length;
    sums.lines += lines;
    sums.duplicatedLines += duplicatedLines.get(path) ?? 0;
    for (const { startLine, endLine, cyclomatic, cognitive, nesting, maintainability } of functions) {
      sums.cyclomatic += cyclomatic;
      sums.cognitive += cognitive;
      sums.nesting = Math.max(sums.nesting, nesting);
      length += endLine - startLine + 1;
      weighted += maintainability * (endLine - startLine + 1);
    }
  }
  const { functions, lines, cyclomatic, cognitive, nesting, duplicatedLines: duplicated } = sums;
  return {
    files: files.length,
    functions,
    lines,
    cyclomatic,
    cognitive,
    nesting,
    maintainability: functions === 0 ? null : Math.round((10 * weighted) / length) / 10,
    duplicatedLines: duplicated,
  };
}
