import { describe, expect, test } from "@jest/globals";
import { isGitName, partsOf } from "../../../src/workspace/safe-directory.ts";

describe("a path in a workspace", () => {
  test("is taken apart at its slashes", () => {
    expect(partsOf("a/b c/d")).toEqual(["a", "b c", "d"]);
    expect(partsOf("./a//b/.")).toEqual(["a", "b"]);
    expect(partsOf("")).toEqual([]);
    expect(partsOf(".github/..x/git")).toEqual([".github", "..x", "git"]);
  });

  test.each([
    "..",
    "a/..",
    "../a",
    "a/../b",
    "/a",
    "//",
    "a\0b",
    ".git",
    "a/.git/b",
    ".GIT",
    ".git ",
    ".git.",
    "git~1",
    ".g\u200cit",
    ".git::$INDEX_ALLOCATION",
  ])("cannot be %j", (path) => {
    expect(() => partsOf(path)).toThrow(expect.objectContaining({ name: "UserError" }));
  });

  test("may begin like .git", () => {
    for (const name of [".github", ".gitignore", ".gitattributes", "git", "x.git", ".gitmodules"])
      expect(isGitName(name)).toBe(false);
  });
});
