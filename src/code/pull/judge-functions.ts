import type { FindingSeverity } from "../finding.ts";
import type { FunctionMetrics } from "../metrics/function-metrics.ts";
import type { PlacedFunction } from "./match-functions.ts";
import { shortHash, type PlacedFinding } from "./placed-finding.ts";
import type { Thresholds } from "./review-config.ts";

type Measure = Exclude<keyof Thresholds, "duplication">;

interface Judgement {
  readonly severity: FindingSeverity;
  readonly of: (metrics: FunctionMetrics) => number;
  /** What the function has, in a sentence. */
  readonly what: (value: number) => string;
  readonly advice: string;
}

const judgements: Readonly<Record<Measure, Judgement>> = {
  cognitive: {
    severity: "warning",
    of: ({ cognitive }) => cognitive,
    what: (value) => `a cognitive complexity of ${value}`,
    advice: "It is hard to follow: return early, and give what lies deep a function and a name of its own.",
  },
  cyclomatic: {
    severity: "warning",
    of: ({ cyclomatic }) => cyclomatic,
    what: (value) => `a cyclomatic complexity of ${value}`,
    advice: "So many ways lead through it that tests can hardly go each: split it by what it decides.",
  },
  nesting: {
    severity: "warning",
    of: ({ nesting }) => nesting,
    what: (value) => `control flow ${value} levels deep`,
    advice: "Return early, or give the inner part a function of its own.",
  },
  parameters: {
    severity: "warning",
    of: ({ parameters }) => parameters,
    what: (value) => `${value} parameters`,
    advice: "Callers mix them up: take those that belong together as one object.",
  },
  lines: {
    severity: "notice",
    of: ({ startLine, endLine }) => endLine - startLine + 1,
    what: (value) => `${value} lines`,
    advice: "Nobody sees it at once: split it into parts with names.",
  },
  maintainability: {
    severity: "notice",
    of: ({ maintainability }) => maintainability,
    what: (value) => `a maintainability of ${value} in 100`,
    advice: "Its size and its decisions add up: split it.",
  },
};

export interface FunctionRules {
  readonly thresholds: Thresholds;
  /** The base's path of a file of the head. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Tests are lists: of them neither length nor maintainability is judged. */
  readonly isTest: (path: string) => boolean;
}

interface Excess {
  readonly one: PlacedFunction;
  readonly measure: Measure;
  readonly value: number;
}

/**
 * Functions beyond a threshold, one finding for each measure. What was beyond it in the base already is a finding of the base only while it did not
 * get worse, so that who compares both sees what the pull did.
 * @param before what each function of the head was in the base
 */
export function judgeFunctions(
  base: readonly PlacedFunction[],
  head: readonly PlacedFunction[],
  before: ReadonlyMap<PlacedFunction, PlacedFunction>,
  { thresholds, renamed, isTest }: FunctionRules,
): { readonly base: readonly PlacedFinding[]; readonly head: readonly PlacedFinding[] } {
  const old = new Map(base.map((one) => [one, new Map<Measure, PlacedFinding>()]));
  for (const excess of excesses(base, thresholds, isTest))
    old.get(excess.one)?.set(excess.measure, findingOf(excess, thresholds, undefined));
  const now = excesses(head, thresholds, isTest).map((excess) => {
    const was = before.get(excess.one);
    const value = was && judgements[excess.measure].of(was.metrics);
    const finding = findingOf(excess, thresholds, value);
    const known = was && old.get(was)?.get(excess.measure);
    if (was === undefined || known === undefined) return finding;
    if (value === undefined || isBeyond(excess.measure, excess.value, value)) old.get(was)?.delete(excess.measure);
    // At the place and by the name that it has now, which nobody can take for another function's.
    else old.get(was)?.set(excess.measure, { ...finding, path: renamed.get(finding.path) ?? finding.path });
    return finding;
  });
  return { base: [...old.values()].flatMap((findings) => [...findings.values()]), head: now };
}

function excesses(
  functions: readonly PlacedFunction[],
  thresholds: Thresholds,
  isTest: (path: string) => boolean,
): readonly Excess[] {
  const measures = Object.keys(judgements) as Measure[];
  return functions.flatMap((one) =>
    measures
      .filter((measure) => isBeyond(measure, judgements[measure].of(one.metrics), thresholds[measure]))
      .filter((measure) => !((measure === "lines" || measure === "maintainability") && isTest(one.path)))
      .map((measure) => ({ one, measure, value: judgements[measure].of(one.metrics) })),
  );
}

/** Of maintainability more is better. */
function isBeyond(measure: Measure, value: number, limit: number): boolean {
  return measure === "maintainability" ? value < limit : value > limit;
}

function findingOf({ one, measure, value }: Excess, thresholds: Thresholds, was: number | undefined): PlacedFinding {
  const { severity, what, advice } = judgements[measure];
  const { startLine, endLine } = one.metrics;
  const limit = `${measure === "maintainability" ? "at least" : "at most"} ${thresholds[measure]} are wanted`;
  const change = was === undefined ? "" : `, and it had ${was}`;
  return {
    path: one.path,
    rule: `quality/${measure}`,
    severity,
    startLine,
    endLine,
    message: `\`${one.name}\` has ${what(value)}: ${limit}${change}. ${advice}`,
    symbol: one.name,
    // The function itself: it stays the same finding while its code changes.
    anchor: shortHash(one.name),
  };
}
