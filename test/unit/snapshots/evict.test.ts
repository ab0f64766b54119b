import { describe, expect, test } from "@jest/globals";
import { decideEviction, mostOfPull, unusedMs, type Candidate } from "../../../src/snapshots/evict.ts";

const now = 100 * 86_400_000;
const day = 86_400_000;
const base: Candidate = { repository: 1, scope: "base", bytes: 10, usedAt: now - day, inUse: false };
const of = (pull: number, ageMs: number, more: Partial<Candidate> = {}): Candidate => ({
  ...base,
  scope: pull,
  usedAt: now - ageMs,
  ...more,
});
const gone = (all: readonly Candidate[], bytes = 1_000) => decideEviction(all, { now, bytes });

describe("which snapshots go", () => {
  test("none that was used lately, while there is room", () => {
    expect(gone([base, of(7, day)])).toEqual([]);
  });

  test("those that nobody used for 14 days", () => {
    const old = { ...base, usedAt: now - unusedMs };
    const young = { ...base, usedAt: now - unusedMs + 1 };
    expect(gone([old, young])).toEqual([old]);
  });

  test("those of one pull beyond its last three, whatever other pulls and repositories have", () => {
    const pushes = [1, 2, 3, 4, 5].map((days) => of(7, days * day));
    expect(gone([...pushes, of(8, 6 * day), of(7, 6 * day, { repository: 2 }), base])).toEqual(
      pushes.slice(mostOfPull),
    );
  });

  test("what is above the bound, the least recently used first", () => {
    const all = [5, 1, 3].map((days) => ({ ...base, usedAt: now - days * day }));
    expect(gone(all, 25)).toEqual([all[0]]);
    expect(gone(all, 10)).toEqual([all[0], all[2]]);
  });

  test("what a pull made before what the base branch made, so that no contributor pushes that out", () => {
    const ancient = { ...base, usedAt: now - 10 * day };
    const fresh = of(7, 0);
    expect(gone([ancient, fresh], 10)).toEqual([fresh]);
  });

  test("nothing that is in use, though it is old and there is no room", () => {
    const used = { ...base, usedAt: 0, inUse: true };
    expect(gone([used, base], 0)).toEqual([base]);
  });

  test("no note without files, which would make no room", () => {
    const note = { ...base, bytes: 0, usedAt: now - 2 * day };
    expect(gone([note, base], 0)).toEqual([base]);
  });
});
