import { describe, expect, test } from "@jest/globals";
import { compareConfigs } from "../../../src/config/compare.ts";
import { parseConfig } from "../../../src/config/load.ts";

function config(text: string) {
  const loaded = parseConfig(text);
  if (loaded.state === "invalid") throw new Error(loaded.problems[0]?.message);
  return loaded.config;
}

const changes = (before: string, after: string) =>
  compareConfigs(config(before), config(after)).map(({ key, before: old, after: now }) => [key, old, now]);

describe("two versions of the file", () => {
  test.each([
    ["", "version: 1\n# a comment\nagent: {}"],
    [
      "validation: { commands: [{ name: a, run: x, timeout: 60s }] }",
      "validation:\n  commands:\n    - run: x\n      name: a\n      timeout: 1m\n",
    ],
  ])("that say the same do not differ", (before, after) => {
    expect(changes(before, after)).toEqual([]);
  });

  test("differ in keys, and in commands by their name, the weightiest first", () => {
    const before =
      "agent: { plan: required }\nvalidation: { commands: [{ name: lint, run: l }, { name: test.unit, run: t, retries: 1 }, { name: same, run: s }] }";
    const after =
      "agent: { plan: never }\nenvironment: { network: [evil.example] }\nvalidation: { fail_on: any, commands: [{ name: same, run: s }, { name: test.unit, run: t }, { name: new, run: n, matrix: { a: [1] } }] }";
    expect(changes(before, after)).toEqual([
      ["environment.network", "[]", '["evil.example"]'],
      ["validation.fail_on", '"new"', '"any"'],
      ["validation.commands.lint", '"l"', null],
      ["validation.commands.test.unit.retries", "1", "0"],
      ["validation.commands.new (1)", null, '"n"'],
      ["agent.plan", '"required"', '"never"'],
    ]);
  });

  test("may lack what the other has", () => {
    expect(changes("validation: { deploy: { start: x, port: 80 } }", "")).toContainEqual([
      "validation.deploy.start",
      '"x"',
      null,
    ]);
  });
});
