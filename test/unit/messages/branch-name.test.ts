import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { anyText } from "../any-text.ts";
import { branchName, branchPrefix } from "../../../src/messages/agent.ts";

const titles: Record<string, string> = {
  "Totals are wrong": "codegen/issue-12-totals-are-wrong",
  "": "codegen/issue-12-work",
  "..": "codegen/issue-12-work",
  "/": "codegen/issue-12-work",
  "@{-1}": "codegen/issue-12-1",
  "main@{upstream}": "codegen/issue-12-main-upstream",
  "fix.lock": "codegen/issue-12-fix-lock",
  ".hidden/..": "codegen/issue-12-hidden",
  HEAD: "codegen/issue-12-head",
  "-d --force": "codegen/issue-12-d-force",
  "a~1^2:3?4*5[6\\7": "codegen/issue-12-a-1-2-3-4-5-6-7",
  "tab\tnewline\n nul\0 del\u007F": "codegen/issue-12-tab-newline-nul-del",
  "Größe und Ümlaute": "codegen/issue-12-grosse-und-umlaute",
  "Prüfung für GRÖẞE": "codegen/issue-12-prufung-fur-grosse",
  "Crème brûlée à la carte": "codegen/issue-12-creme-brulee-a-la-carte",
  日本語のタイトル: "codegen/issue-12-work",
  "🍵 tea": "codegen/issue-12-tea",
  "\u202Egpj.exe": "codegen/issue-12-gpj-exe",
  "\uD800 half": "codegen/issue-12-half",
  "trailing dash after the cut of the name -- yes": "codegen/issue-12-trailing-dash-after-the-cut-of-the-name",
  ["long ".repeat(10_000)]: "codegen/issue-12-long-long-long-long-long-long-long-long",
};

describe("the branch of an issue", () => {
  test.each(Object.entries(titles))("named %j", (title, wanted) => {
    expect(branchName(12, title)).toBe(wanted);
  });

  test("consists of small letters, digits and single dashes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), anyText(300), (issue, title) => {
        expect(branchName(issue, title)).toMatch(/^codegen\/issue-\d+(?:-[a-z0-9]+)*$/);
        expect(branchName(issue, title).length).toBeLessThanOrEqual(70);
      }),
    );
  });

  test("never begins as another issue's does", () => {
    expect(branchName(12, "x").startsWith(branchPrefix(1))).toBe(false);
  });

  test("is found by its prefix, also when the title has no word for it", () => {
    for (const title of Object.keys(titles)) expect(branchName(12, title).startsWith(branchPrefix(12))).toBe(true);
  });
});
