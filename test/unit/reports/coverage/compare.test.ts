import { describe, expect, test } from "@jest/globals";
import { compareCoverage, uncoveredChanged } from "../../../../src/reports/coverage/compare.ts";
import type { Coverage, LineRange } from "../../../../src/reports/coverage/coverage.ts";

const range = (start: number, end = start): LineRange => ({ start, end });
const of = (hit: number, found: number, files: Record<string, readonly [number, number]> = {}): Coverage => ({
  lines: { found, hit },
  branches: null,
  files: new Map(
    Object.entries(files).map(([file, [reached, all]]) => [file, { found: all, hit: reached, uncovered: [] }]),
  ),
});

describe("the coverage of a head", () => {
  test.each([
    [99_999, 100_000, 99.99],
    [999_999_999, 1_000_000_000, 99.99],
    [100_000, 100_000, 100],
    [29, 100, 29],
    [2, 3, 66.66],
    [1, 100_000, 0],
    [0, 7, 0],
  ])("of %d in %d lines is %d percent, never rounded up", (hit, found, percent) => {
    expect(compareCoverage(of(hit, found), null)).toEqual({ percent, difference: null, branchPercent: null, lost: [] });
  });

  test("differs from the base by points of two decimals", () => {
    expect(compareCoverage(of(8, 10), of(7, 10)).difference).toBe(10);
    expect(compareCoverage(of(2, 3), of(7, 10)).difference).toBe(-3.34);
    expect(compareCoverage(of(1, 3), of(1, 3)).difference).toBe(0);
    expect(compareCoverage({ ...of(1, 3), branches: { found: 3, hit: 1 } }, null).branchPercent).toBe(33.33);
  });

  test("is unknown where nothing can be covered, and so is its difference", () => {
    expect(compareCoverage(of(0, 0), of(1, 2))).toMatchObject({ percent: null, difference: null });
    expect(compareCoverage(of(1, 2), of(0, 0))).toMatchObject({ percent: 50, difference: null });
  });

  test("names files that lost, the greatest loss first, and no new, gone or better ones", () => {
    const base = of(0, 0, { a: [10, 10], b: [10, 10], same: [1, 2], better: [1, 2], gone: [5, 5], empty: [0, 0] });
    const head = of(0, 0, { a: [9, 10], b: [2, 10], same: [2, 4], better: [2, 2], fresh: [0, 9], empty: [0, 5] });
    expect(compareCoverage(head, base).lost).toEqual([
      { file: "b", before: 100, now: 20 },
      { file: "a", before: 100, now: 90 },
    ]);
  });
});

describe("changed lines that no test reaches", () => {
  const head: Coverage = {
    lines: { found: 0, hit: 0 },
    branches: null,
    files: new Map([
      ["a", { found: 30, hit: 10, uncovered: [range(3, 5), range(8), range(10, 20), range(40, 50)] }],
      ["b", { found: 1, hit: 1, uncovered: [] }],
    ]),
  };

  test("are found where a change and a gap meet, in order and once", () => {
    const changed = new Map([
      ["a", [range(15, 17), range(1, 3), range(5, 12), range(16, 18), range(21, 39), range(50, 60)]],
    ]);
    expect(uncoveredChanged(head, changed)).toEqual(
      new Map([["a", [range(3), range(5), range(8), range(10, 12), range(15, 18), range(50)]]]),
    );
  });

  test("are none in files that are covered, or that the report does not know", () => {
    expect(
      uncoveredChanged(
        head,
        new Map([
          ["b", [range(1, 9)]],
          ["c", [range(1, 9)]],
          ["a", [range(1, 2)]],
        ]),
      ),
    ).toEqual(new Map());
  });
});
