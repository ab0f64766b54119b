import { describe, expect, test } from "@jest/globals";
import { closingReferences } from "../../doubles/github/operations/keywords.ts";

const numbers = (text: string) => closingReferences(text).map((one) => one.number);

describe("closing words", () => {
  test.each([
    "close",
    "closes",
    "closed",
    "fix",
    "fixes",
    "fixed",
    "resolve",
    "resolves",
    "resolved",
    "CLOSES",
    "Fixes:",
  ])("%s #7 closes 7", (word) => {
    expect(numbers(`${word} #7`)).toEqual([7]);
  });

  test("name issues by number, by GH-, by repository and by address", () => {
    const text = "Fixes #1, closes GH-2, resolves acme/shop#3 and fixes https://github.test/acme/shop/issues/4.";
    expect(closingReferences(text)).toEqual([
      { repository: null, number: 1 },
      { repository: null, number: 2 },
      { repository: "acme/shop", number: 3 },
      { repository: "acme/shop", number: 4 },
    ]);
  });

  test.each([
    ["a bare number", "#7"],
    ["another word", "see #7, fixing #7, refix #7x"],
    ["code", "`fixes #7`"],
    ["a code block", "```\nfixes #7\n```"],
    ["an HTML comment", "<!-- fixes #7 -->"],
    ["a part of a word", "prefixes #7"],
    ["a number that goes on as a word", "fixes #7th"],
  ])("do not count in %s", (_, text) => {
    expect(numbers(text)).toEqual([]);
  });

  test("close one issue each, as on GitHub", () => {
    expect(numbers("Closes #1, #2")).toEqual([1]);
    expect(numbers("Closes #1, closes #2")).toEqual([1, 2]);
  });
});
