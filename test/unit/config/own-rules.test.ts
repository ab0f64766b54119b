import { describe, expect, test } from "@jest/globals";
import { readOwnRules } from "../../../src/config/own-rules.ts";
import { isRuleFile } from "../../../src/domain/own-rule.ts";
import { placeInPattern, ruleLanguages } from "../../../src/domain/own-rule.ts";
import { languages } from "../../../src/code/syntax/languages.ts";

const rule = (id: string) => `id: ${id}
languages: [typescript]
pattern: |
  (import_statement
    source: (string) @found)
message: Not this one.
examples: { bad: ['import "a"'] }
`;
const indented = (text: string, by: string) => text.trimEnd().replaceAll("\n", `\n${by}`);
const read = (files: Readonly<Record<string, string>>) => {
  const { rules, problems } = readOwnRules(Object.entries(files).map(([path, text]) => ({ path, text })));
  return {
    ids: rules.rules.map(({ id, places }) => `${id} of ${places.path}:${places.rule.line}`),
    problems: problems.map(({ path, line, column, message }) => `${path}:${line}:${column} ${message}`),
    rules,
  };
};

describe("the rules of a repository", () => {
  test("stand in the configuration and in files, one or a list", () => {
    const { ids, problems, rules } = read({
      ".codegen/rules/one.yml": rule("one"),
      ".codegen/rules/two.yml": `- ${indented(rule("two"), "  ")}\n- ${indented(rule("three"), "  ")}\n`,
      ".codegen.yml": `analysis:\n  own_rules:\n    - ${indented(rule("four"), "      ")}\n`,
    });
    expect(problems).toEqual([]);
    expect(ids).toEqual([
      "own/four of .codegen.yml:3",
      "own/one of .codegen/rules/one.yml:1",
      "own/two of .codegen/rules/two.yml:1",
      "own/three of .codegen/rules/two.yml:8",
    ]);
    expect(rules.rules[0]).toMatchObject({ severity: "warning", message: "Not this one.", examples: { good: [] } });
  });

  test("have the same version in whatever place they stand, and another when one changes", () => {
    const { version } = read({ ".codegen/rules/a.yml": rule("a") }).rules;
    expect(read({ ".codegen/rules/b.yml": `\n${rule("a")}` }).rules.version).toBe(version);
    expect(read({ ".codegen/rules/a.yml": rule("b") }).rules.version).not.toBe(version);
    expect(read({}).rules.version).toBe("");
  });

  test("know where each index of a pattern stands", () => {
    const [found] = read({ ".codegen/rules/a.yml": rule("a") }).rules.rules;
    if (found === undefined) throw new Error("no rule");
    expect(placeInPattern(found, 1)).toEqual({ line: 4, column: 4 });
    expect(placeInPattern(found, found.pattern.indexOf("source"))).toEqual({ line: 5, column: 5 });
  });

  test("are told to have more mistakes than are named", () => {
    const keys = Array.from({ length: 25 }, (_, n) => `k${n}: 1\n`).join("");
    const { problems } = read({ ".codegen/rules/a.yml": `${rule("a")}\n${keys}` });
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)).toMatch(/^\.codegen\/rules\/a\.yml:\d+:1 … and 5 more mistakes, not listed here$/);
  });

  test("are read but for those with a mistake, which is told with its place", () => {
    const { ids, problems } = read({
      ".codegen/rules/a.yml": rule("a"),
      ".codegen/rules/b.yml": rule("a"),
      ".codegen/rules/c.yml": rule("Big name").replace("pattern", "patern").replace("typescript", "cobol"),
      ".codegen/rules/d.yml": `- ${indented(rule("d"), "  ")}\n- id: e\n`,
      ".codegen/rules/e.yml": "id: [",
      ".codegen/rules/f.yml": "just words",
    });
    expect(ids).toEqual(["own/a of .codegen/rules/a.yml:1", "own/d of .codegen/rules/d.yml:1"]);
    expect(problems).toEqual([
      ".codegen/rules/b.yml:1:1 There is a rule `a` in .codegen/rules/a.yml already. Give one of them another id.",
      ".codegen/rules/c.yml:1:1 `id` (it is Big name): must be a name of small letters, digits and dashes, such as no-moment",
      ".codegen/rules/c.yml:1:1 `pattern`: must be text",
      ".codegen/rules/c.yml:2:13 `languages[0]` (it is cobol): must be one of typescript, tsx, javascript, python, go, rust, java",
      ".codegen/rules/c.yml:3:1 `patern`: there is no such key. Did you mean `pattern`?",
      ".codegen/rules/d.yml:8:3 `[1].languages`: must be a list",
      ".codegen/rules/d.yml:8:3 `[1].pattern`: must be text",
      ".codegen/rules/d.yml:8:3 `[1].message`: must be text",
      ".codegen/rules/d.yml:8:3 `[1].examples`: must be a mapping of keys",
      expect.stringMatching(/^\.codegen\/rules\/e\.yml:\d+:\d+ This is not valid YAML/),
      ".codegen/rules/f.yml:1:1 The file must be a mapping of keys, such as `version: 1`.",
    ]);
  });

  test("can be about every language that is understood", () => {
    expect(ruleLanguages).toEqual(languages);
  });

  test.each([
    [".codegen/rules/a.yml", true],
    [".codegen/rules/a.yaml", true],
    [".codegen/rules/deep/a.yml", false],
    ["src/.codegen/rules/a.yml", false],
  ])("lie in their folder: %s: %s", (path, is) => {
    expect(isRuleFile(path)).toBe(is);
  });
});
