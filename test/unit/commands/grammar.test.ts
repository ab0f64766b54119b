import { describe, expect, test } from "@jest/globals";
import { bodyHash } from "../../../src/commands/body-hash.ts";
import { newlyTicked } from "../../../src/commands/checkboxes.ts";
import { commandNames, grammar, isCommandName } from "../../../src/commands/grammar.ts";
import { editDistance, nearestCommand } from "../../../src/commands/nearest.ts";
import { parseCommands } from "../../../src/commands/parse.ts";

describe("the table of commands", () => {
  test.each(commandNames)("the example of %s is that command", (name) => {
    expect(parseCommands(grammar[name].example)).toMatchObject([{ known: true, name }]);
  });

  test("says who may use what, where, and what there is by now", () => {
    const rows = commandNames.map((name) => {
      const { role, where, available } = grammar[name];
      return `${name}: ${role}, ${where.join(" or ")}${available ? "" : ", later"}`;
    });
    expect(rows).toEqual([
      "plan: triage, issue",
      "approve: write, issue",
      "revise: triage, issue",
      "run: write, issue",
      "fix: write, pull",
      "revert: write, pull",
      "review: write, pull, later",
      "validate: write, pull",
      "ok-to-test: write, pull",
      "generate: write, pull, later",
      "merge: maintain, pull",
      "hold: write, pull",
      "decline: write, pull",
      "cancel: write, issue or pull",
      "retry: write, issue or pull",
      "where: triage, issue or pull",
      "status: read, issue or pull",
      "config: read, issue or pull",
      "help: read, issue or pull",
    ]);
  });

  test("knows no names but its own", () => {
    expect(["plan", "toString", "__proto__", "Plan", ""].filter(isCommandName)).toEqual(["plan"]);
  });
});

describe("the nearest command", () => {
  test.each([
    ["plna", "plan"],
    ["VALIDATE!", "validate"],
    ["stats", "status"],
    ["rnu", "run"],
    ["hlep", "help"],
    ["confgi", "config"],
    ["deploy", undefined],
    ["x", undefined],
    ["", undefined],
    ["z".repeat(1_000_000), undefined],
  ])("of %.20s is %s", (word, expected) => {
    expect(nearestCommand(word)).toBe(expected);
  });

  test("counts a swap as one edit", () => {
    expect([
      editDistance("ab", "ba"),
      editDistance("abc", "abc"),
      editDistance("", "abc"),
      editDistance("kitten", "sitting"),
    ]).toEqual([1, 0, 3, 3]);
  });
});

describe("a checkbox of ours", () => {
  const line = (mark: string, token = "abc123", box = "approve"): string =>
    `- [${mark}] **Approve and run this plan** <!-- codegen:box:${box}:${token} -->`;

  test("counts when it was open and is ticked", () => {
    expect(newlyTicked(`Plan\r\n\r\n${line(" ")}\r\n`, `Plan\n\n${line("x")}\n`)).toEqual([
      { box: "approve", token: "abc123" },
    ]);
    expect(newlyTicked(line(" "), line("X"))).toHaveLength(1);
  });

  test.each([
    ["stays ticked", line("x"), line("x")],
    ["is unticked", line("x"), line(" ")],
    ["stays open", line(" "), line(" ")],
    ["is put in already ticked", "Plan", line("x")],
    ["gets another token", line(" ", "abc"), line("x", "def")],
    ["gets another name", line(" "), line("x", "abc123", "merge")],
    ["has no marker", "- [ ] Approve", "- [x] Approve"],
    ["stands in a quote", `> ${line(" ")}`, `> ${line("x")}`],
    ["is indented as code", `    ${line(" ")}`, `    ${line("x")}`],
  ])("does not count when it %s", (_name, before, after) => {
    expect(newlyTicked(before, after)).toEqual([]);
  });

  test("counts once, however often it is written", () => {
    expect(newlyTicked(`${line(" ")}\n${line(" ")}`, `${line("x")}\n${line("x")}`)).toHaveLength(1);
  });
});

test("the hash of a body does not depend on its line ends, and on everything else", () => {
  expect(bodyHash("a\r\nb")).toBe(bodyHash("a\nb"));
  expect(new Set(["a", "A", "a ", "a\n", "ä", ""].map(bodyHash)).size).toBe(6);
  expect(bodyHash("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});
