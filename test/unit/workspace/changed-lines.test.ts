import { describe, expect, test } from "@jest/globals";
import { parsePatch } from "../../../src/workspace/changed-lines.ts";

const file = (path: string, ...hunks: readonly string[]) =>
  `diff --git a/${path} b/${path}\nindex 1..2 100644\n--- a/${path}\n+++ b/${path}\n${hunks.join("")}`;

describe("the changed lines of a patch", () => {
  test("are those that were added or replaced, by file", () => {
    const patch =
      file("src/a.js", "@@ -1 +1 @@ name\n-a\n+b\n", "@@ -5,0 +6,3 @@\n+1\n+2\n+3\n", "@@ -9,2 +11,0 @@\n-x\n-y\n") +
      file("ä b.js", "@@ -0,0 +1 @@\n+a\n\\ No newline at end of file\n");
    expect(parsePatch(patch)).toEqual(
      new Map([
        [
          "src/a.js",
          [
            { start: 1, end: 1 },
            { start: 6, end: 8 },
          ],
        ],
        ["ä b.js", [{ start: 1, end: 1 }]],
      ]),
    );
  });

  test("take no line of a file for a header", () => {
    const patch = file(
      "a",
      "@@ -1,2 +1,2 @@\n--- a/b\n-diff --git\n+++ b/evil.js\n+@@ -1 +1,900 @@\n",
      "@@ -8 +8 @@\n-a\n+b\n",
    );
    expect(parsePatch(patch)).toEqual(
      new Map([
        [
          "a",
          [
            { start: 1, end: 2 },
            { start: 8, end: 8 },
          ],
        ],
      ]),
    );
  });

  test("are none of files that only moved, are binary, went away or have names that git quotes", () => {
    const patch = [
      "diff --git a/a b/b\nsimilarity index 100%\nrename from a\nrename to b\n",
      "diff --git a/x.png b/x.png\nindex 1..2 100644\nBinary files a/x.png and b/x.png differ\n",
      "diff --git a/c b/c\ndeleted file mode 100644\n--- a/c\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n",
      'diff --git "a/\\n" "b/\\n"\n--- "a/\\n"\n+++ "b/\\n"\n@@ -1 +1 @@\n-a\n+b\n',
    ].join("");
    expect(parsePatch(patch)).toEqual(new Map());
    expect(parsePatch("")).toEqual(new Map());
  });
});
