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
  const functions = files.flatMap(([, facts]) => facts.functions);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const lengths = functions.map(({ startLine, endLine }) => endLine - startLine + 1);
  const weighted = sum(functions.map(({ maintainability }, at) => maintainability * (lengths[at] ?? 0)));
  return {
    files: files.length,
    functions: functions.length,
    lines: sum(files.map(([, { lines }]) => lines)),
    cyclomatic: sum(functions.map(({ cyclomatic }) => cyclomatic)),
    cognitive: sum(functions.map(({ cognitive }) => cognitive)),
    nesting: functions.reduce((deepest, { nesting }) => Math.max(deepest, nesting), 0),
    maintainability: functions.length === 0 ? null : Math.round((10 * weighted) / sum(lengths)) / 10,
    duplicatedLines: sum(files.map(([path]) => duplicatedLines.get(path) ?? 0)),
  };
}
