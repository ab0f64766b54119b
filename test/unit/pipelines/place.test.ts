import { expect, test } from "@jest/globals";
import { pile } from "../../../pipelines/validate/place.ts";

test.each<[string, string[][], string[]]>([
  ["nothing", [], []],
  ["one", [["b", "a"]], ["b", "a"]],
  [
    "two that began with the same",
    [
      ["left", "base"],
      ["right", "base"],
    ],
    ["left", "right", "base"],
  ],
  ["one and what it began with", [["base"], ["left", "base"]], ["left", "base"]],
])("what %s left lies over what it began with", (_, piles, wanted) => {
  expect(pile(piles)).toEqual(wanted);
});
