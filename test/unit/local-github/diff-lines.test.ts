import { describe, expect, test } from "@jest/globals";
import { diffLines, hunkUpTo, lineOfDiff } from "../../doubles/github/operations/diff-lines.ts";

const patch = [
  "@@ -1,3 +1,4 @@ function head() {",
  " one",
  "-two",
  "+two!",
  "+two and a half",
  " three",
  "@@ -10,2 +11,1 @@",
  " ten",
  "-eleven",
  "\\ No newline at end of file",
].join("\n");
const lines = diffLines(patch);

describe("the lines of a diff", () => {
  test("carry their numbers on both sides and their position, which counts later hunk headers", () => {
    expect(lines.map(({ left, right, position, hunk }) => [left, right, position, hunk])).toEqual([
      [1, 1, 1, 0],
      [2, null, 2, 0],
      [null, 2, 3, 0],
      [null, 3, 4, 0],
      [3, 4, 5, 0],
      [10, 11, 7, 1],
      [11, null, 8, 1],
    ]);
  });

  test("are found by side and number, and not outside the diff", () => {
    expect(lineOfDiff(lines, "RIGHT", 3)?.text).toBe("+two and a half");
    expect(lineOfDiff(lines, "LEFT", 2)?.text).toBe("-two");
    expect(lineOfDiff(lines, "RIGHT", 10)).toBeNull();
  });

  test("give the hunk up to them", () => {
    const line = lineOfDiff(lines, "LEFT", 11);
    expect(line && hunkUpTo(patch, line)).toBe("@@ -10,2 +11,1 @@\n ten\n-eleven");
  });

  test("are none where there is no patch, as for binary files", () => {
    expect(diffLines("")).toEqual([]);
  });
});
