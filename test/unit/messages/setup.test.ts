import { describe, expect, test } from "@jest/globals";
import { setupNotKept, setupParagraphs } from "../../../src/messages/setup.ts";

const ran = { how: "ran", ms: 12_040, changed: ["package-lock.json"] } as const;

describe("how a set-up was done", () => {
  test("is not told where the pull leaves it alone", () => {
    expect(setupParagraphs({ ...ran, changed: [] })).toEqual([]);
  });

  test.each([
    [
      ran,
      true,
      "**Set-up:** it depends on `package-lock.json`, which is not as on the base. It was run anew for this pull: passed in 12.0 s.",
    ],
    [
      { ...ran, changed: ["a", "b", "c", "d", "e", "f", "g"] },
      true,
      "**Set-up:** it depends on `a`, `b`, `c`, `d`, `e` and 2 more, which are not as on the base. It was run anew for this pull: passed in 12.0 s.",
    ],
    [
      { ...ran, how: "restored" as const },
      true,
      "**Set-up:** it depends on `package-lock.json`, which is not as on the base. It passed for this pull before, in 12.0 s, and was not run again.",
    ],
    [
      ran,
      false,
      "**Set-up:** it depends on `package-lock.json`, which is not as on the base. It was run anew for this pull, and failed.",
    ],
  ])("is told where it changes what the set-up depends on: %#", (setup, passed, text) => {
    expect(setupParagraphs(setup, passed)).toEqual([text]);
  });

  test("that it is not kept has a reason", () => {
    expect(setupNotKept(["src/version.js", "lock"])).toBe(
      "the set-up changes files of the commit: src/version.js, lock",
    );
  });
});
