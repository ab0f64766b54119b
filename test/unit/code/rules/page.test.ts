import { describe, expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { checkOwnRule } from "../../../../src/code/rules/own/check-own-rule.ts";
import { createGrammars } from "../../../../src/code/syntax/load-grammar.ts";
import { readOwnRules } from "../../../../src/config/own-rules.ts";

const page = readFileSync(new URL("../../../../docs/rules.md", import.meta.url), "utf8");

describe("the page of rules", () => {
  test("shows a rule of one's own that can be used", async () => {
    const [, text = ""] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    const { rules, problems } = readOwnRules([{ path: ".codegen/rules/no-moment.yml", text }]);
    expect(problems).toEqual([]);
    expect(rules.rules).toHaveLength(1);
    for (const rule of rules.rules) expect(await checkOwnRule(createGrammars(), rule)).toEqual([]);
  });
});
