import { expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findUnknownRules, pullRules } from "../../../../src/code/pull/known-rules.ts";
import { readRuleNames } from "../../../../src/config/rule-names.ts";
import { noOwnRules } from "../../../../src/domain/own-rule.ts";

test("a rule that there is not is told with its place", () => {
  const rules = [
    "quality/lines",
    "security/*",
    "security/eval",
    "security/hard-coded-secret",
    "secruity/*",
    "own/mine",
  ];
  const text = `analysis:\n  rules:\n${rules.map((name) => `    ${name}: off\n`).join("")}`;
  expect(findUnknownRules(readRuleNames(text), ".codegen.yml", noOwnRules)).toEqual([
    {
      path: ".codegen.yml",
      line: 7,
      column: 5,
      message: "`analysis.rules` names `secruity/*`, and there is no such family, so this line changes nothing.",
    },
    {
      path: ".codegen.yml",
      line: 8,
      column: 5,
      message: "`analysis.rules` names `own/mine`, and there is no such rule, so this line changes nothing.",
    },
  ]);
  expect(readRuleNames("analysis: [")).toEqual([]);
});

test("every rule of pulls is described", () => {
  const page = readFileSync(fileURLToPath(new URL("../../../../docs/configuration.md", import.meta.url)), "utf8");
  const measures = ["cyclomatic", "nesting", "parameters", "lines", "maintainability"].map((name) => `quality/${name}`);
  for (const rule of pullRules.filter((name) => !measures.includes(name))) expect(page).toContain(`\`${rule}\``);
});
