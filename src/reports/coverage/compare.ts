import type { Count, Coverage, LineRange } from "./coverage.ts";

export interface LostCoverage {
  readonly file: string;
  /** Percent of its lines, as everywhere here: two decimals, cut off. */
  readonly before: number;
  readonly now: number;
}

/** What of a coverage is kept to compare others with it. */
export interface KeptCoverage {
  readonly lines: Count;
  readonly files: ReadonlyMap<string, Count>;
}

export interface CoverageChange {
  /** Percent of all lines that tests reach; null when there is no line that could be reached. */
  readonly percent: number | null;
  /** Percentage points more than at the base, negative for less; null when one of the two is not known. */
  readonly difference: number | null;
  readonly branchPercent: number | null;
  /** Files of both whose share of reached lines fell, the greatest loss first. */
  readonly lost: readonly LostCoverage[];
}

/** The coverage at the head as a number, next to the base's, when that is known. Percents have two decimals and are cut off: 99.999 is not 100. */
export function compareCoverage(head: Coverage, base: KeptCoverage | null): CoverageChange {
  const now = hundredths(head.lines);
  const before = base === null ? null : hundredths(base.lines);
  const branches = hundredths(head.branches ?? { found: 0, hit: 0 });
  return {
    percent: now === null ? null : now / 100,
    difference: now === null || before === null ? null : (now - before) / 100,
    branchPercent: branches === null ? null : branches / 100,
    lost: base === null ? [] : lostBetween(base, head),
  };
}

/**
 * The changed lines that no test reaches, by file. Files that the report does not name are left out: nothing is known of them.
 * @param changed ranges of lines of the head, in any order
 */
export function uncoveredChanged(
  head: Coverage,
  changed: ReadonlyMap<string, readonly LineRange[]>,
): ReadonlyMap<string, readonly LineRange[]> {
  const found = [...changed].flatMap(([file, ranges]): [string, readonly LineRange[]][] => {
    const both = overlap(merged(ranges), head.files.get(file)?.uncovered ?? []);
    return both.length === 0 ? [] : [[file, both]];
  });
  return new Map(found);
}

function lostBetween(base: KeptCoverage, head: Coverage): readonly LostCoverage[] {
  return [...head.files]
    .flatMap(([file, now]) => {
      const before = base.files.get(file);
      if (before === undefined || now.found === 0 || before.found === 0) return [];
      const loss = before.hit / before.found - now.hit / now.found;
      if (now.hit * before.found >= before.hit * now.found) return [];
      return [{ loss, said: { file, before: (hundredths(before) ?? 0) / 100, now: (hundredths(now) ?? 0) / 100 } }];
    })
    .toSorted((a, b) => b.loss - a.loss)
    .map(({ said }) => said);
}

function hundredths({ found, hit }: Count): number | null {
  return found === 0 ? null : Math.floor((hit * 10_000) / found);
}

/** In order, and each line in one range only. */
function merged(ranges: readonly LineRange[]): readonly LineRange[] {
  const apart: { start: number; end: number }[] = [];
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    const before = apart.at(-1);
    if (before !== undefined && start <= before.end + 1) before.end = Math.max(before.end, end);
    else apart.push({ start, end });
  }
  return apart;
}

function overlap(some: readonly LineRange[], others: readonly LineRange[]): readonly LineRange[] {
  const both: LineRange[] = [];
  let next = 0;
  for (const { start, end } of some) {
    while ((others[next]?.end ?? Infinity) < start) next++;
    for (let index = next; (others[index]?.start ?? Infinity) <= end; index++) {
      const other = others[index];
      if (other !== undefined) both.push({ start: Math.max(start, other.start), end: Math.min(end, other.end) });
    }
  }
  return both;
}
