import { describe, expect, test } from "@jest/globals";
import { clip } from "../../../src/agents/clip.ts";
import { editText } from "../../../src/agents/edit-text.ts";

describe("an edit", () => {
  test("replaces what stands once, to the letter", () => {
    expect(editText("a - b", "-", "$& $1 +")).toEqual({ text: "a $& $1 + b" });
  });

  test.each([
    ["a b", "c", "d", "oldText does not stand in the file"],
    ["a a", "a", "b", "oldText stands 2 times in the file"],
    ["aaa", "aa", "b", "oldText stands 2 times in the file"],
    ["a", "", "b", "oldText is empty"],
    ["a", "a", "a", "the same"],
  ])("of %j, %j by %j, says why it did nothing", (text, from, to, words) => {
    expect(editText(text, from, to)).toEqual({ problem: expect.stringContaining(words) });
  });

  test("follows the line ends of the file", () => {
    expect(editText("a\r\nb\r\nc\r\n", "a\nb\n", "x\ny\n")).toEqual({ text: "x\r\ny\r\nc\r\n" });
  });

  test("finds a character that was shown by its number", () => {
    expect(editText("warn ⚠\uFE0F now", "⚠⟦U+FE0F⟧ now", "⚠⟦U+FE0F⟧ later")).toEqual({ text: "warn ⚠\uFE0F later" });
  });
});

describe("a clipped text", () => {
  test("keeps both ends and counts the rest", () => {
    expect(clip("abcdefghij", 4)).toBe("ab\n[… 6 characters left out …]\nij");
    expect(clip("abcdefghij", 4, 0.25)).toBe("a\n[… 6 characters left out …]\nhij");
    expect(clip("abc", 3)).toBe("abc");
  });
});
