import { describe, expect, test } from "@jest/globals";
import { chooseSnapshot, type Needs } from "../../../src/snapshots/choose.ts";

const [same, other] = ["a".repeat(64), "b".repeat(64)];
const needs: Needs = { repository: 5, own: same, base: same, isBase: false, pull: 7 };
const shared = { repository: 5, key: same, scope: "base" };
const ofPull = { repository: 5, key: same, scope: 7 };

describe("which snapshot a run begins with", () => {
  test("is the shared one where the pull leaves the set-up alone, and that is made of the base commit, not of the pull", () => {
    expect(chooseSnapshot(needs)).toEqual({ look: [shared, ofPull], make: { name: shared, in: "base" }, own: ofPull });
  });

  test("is the pull's own where it changes the set-up, unless the base branch once had the same", () => {
    expect(chooseSnapshot({ ...needs, base: other })).toEqual({
      look: [shared, ofPull],
      make: { name: ofPull, in: "own" },
      own: ofPull,
    });
  });

  test("is the shared one for files of the base commit, which are fit to make it", () => {
    const made = { look: [shared], make: { name: shared, in: "own" }, own: null };
    expect(chooseSnapshot({ ...needs, isBase: true, pull: null })).toEqual(made);
    expect(chooseSnapshot({ ...needs, isBase: true })).toEqual(made);
  });

  test("is made by nobody of a commit that is neither the base's nor of a pull that we know", () => {
    expect(chooseSnapshot({ ...needs, base: other, pull: null })).toEqual({ look: [shared], make: null, own: null });
  });

  test("is never of another pull or repository, and never shared when a pull made it", () => {
    for (const isBase of [true, false])
      for (const base of [same, other])
        for (const pull of [7, null]) {
          const { look, make, own } = chooseSnapshot({ ...needs, isBase, base, pull });
          const names = [...look, ...(make === null ? [] : [make.name]), ...(own === null ? [] : [own])];
          expect(names.every(({ scope, repository }) => repository === 5 && (scope === "base" || scope === pull))).toBe(
            true,
          );
          expect(make?.name.scope === "base" && make.in === "own" && !isBase).toBe(false);
          expect(own?.scope).not.toBe("base");
        }
  });
});
