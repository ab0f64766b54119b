import { describe, expect, test } from "@jest/globals";
import { reportParagraphs, testsInShort, type ReportText } from "../../../src/messages/report.ts";

type Tests = NonNullable<ReportText["tests"]>;
const failure = { name: "cart › adds up", file: "test/cart.test.js", line: 12, message: "\nexpected 2\nreceived 3" };
const counts = { passed: 33, failed: 1, skipped: 0 };
const tests = (more: Partial<Tests>): Tests => ({ counts, truncated: false, failures: [failure], flaky: [], ...more });
const report = (more: Partial<ReportText>): ReportText => ({
  tests: tests({}),
  problems: { total: 0, shown: 0 },
  unread: [],
  ...more,
});

describe("what a command reported", () => {
  test("names failing tests with their places and reasons, and what else there is", () => {
    const whole = report({
      tests: tests({ counts: { passed: 33, failed: 2, skipped: 4 }, flaky: ["is *sometimes* slow"] }),
      problems: { total: 300, shown: 199 },
      unread: [{ path: "junit.xml", reason: "it ends in the middle." }],
    });
    expect(reportParagraphs(whole).join("\n\n")).toMatchInlineSnapshot(`
     "**Tests:** 2 failed · 33 passed · 4 skipped

     - ❌ cart › adds up · \`test/cart.test.js:12\` — expected 2
     - … and 1 more

     **Flaky**, they passed when tried again:

     - is \\*sometimes\\* slow

     **Problems in files:** 300, the 199 most serious of them beside the lines.

     ⚠️ The report \`junit.xml\` could not be read: it ends in the middle."
    `);
  });

  test.each<[string, ReportText["tests"], string | null]>([
    ["failures", tests({}), "1 of 34 tests failed"],
    ["nothing but success", tests({ counts: { ...counts, failed: 0 } }), "33 tests passed"],
    ["one test", tests({ counts: { passed: 1, failed: 0, skipped: 0 } }), "1 test passed"],
    ["a log that was cut", tests({ truncated: true }), "1 of 34 or more tests failed"],
    ["skipped tests only", tests({ counts: { passed: 0, failed: 0, skipped: 2 } }), null],
    ["no tests", null, null],
  ])("has a short form for %s", (_, present, short) => {
    expect(testsInShort(report({ tests: present }))).toBe(short);
  });

  test("of nothing is nothing", () => {
    expect(reportParagraphs(report({ tests: null }))).toEqual([]);
  });

  test("names thirty failing tests, and counts the others", () => {
    const failures = Array.from({ length: 50 }, (_, n) => ({ ...failure, name: `test ${n}` }));
    const said = reportParagraphs(report({ tests: tests({ counts: { ...counts, failed: 120 }, failures }) })).join(
      "\n",
    );
    expect(said.match(/❌/g)).toHaveLength(30);
    expect(said).toContain("… and 90 more");
  });
});
