import { describe, expect, test } from "@jest/globals";
import { reportInShort, reportParagraphs, testsInShort, type ReportText } from "../../../src/messages/report.ts";

type Tests = NonNullable<ReportText["tests"]>;
const failure = { name: "cart › adds up", file: "test/cart.test.js", line: 12, message: "\nexpected 2\nreceived 3" };
const counts = { passed: 33, failed: 1, skipped: 0 };
const tests = (more: Partial<Tests>): Tests => ({ counts, truncated: false, failures: [failure], ...more });
const report = (more: Partial<ReportText>): ReportText => ({
  tests: tests({}),
  problems: { total: 0, shown: 0 },
  coverage: null,
  flaky: [],
  unread: [],
  ...more,
});

describe("what a command reported", () => {
  test("names failing tests with their places and reasons, and what else there is", () => {
    const whole = report({
      tests: tests({ counts: { passed: 33, failed: 2, skipped: 4 } }),
      problems: { total: 300, shown: 199 },
      unread: [{ path: "junit.xml", reason: "it ends in the middle." }],
    });
    expect(reportParagraphs(whole, false).join("\n\n")).toMatchInlineSnapshot(`
     "**Tests:** 2 failed · 33 passed · 4 skipped

     - ❌ cart › adds up · \`test/cart.test.js:12\` — expected 2
     - … and 1 more

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
    expect(reportParagraphs(report({ tests: null }), true)).toEqual([]);
  });

  test("names thirty failing tests, and counts the others", () => {
    const failures = Array.from({ length: 50 }, (_, n) => ({ ...failure, name: `test ${n}` }));
    const many = report({ tests: tests({ counts: { ...counts, failed: 120 }, failures }) });
    const said = reportParagraphs(many, false).join("\n");
    expect(said.match(/❌/g)).toHaveLength(30);
    expect(said).toContain("… and 90 more");
  });

  test("says how often a test was flaky, also of one that fails now", () => {
    const flaky = [
      { test: "is *sometimes* slow", times: 3, lastPull: 12 },
      { test: "adds up", times: 1, lastPull: null },
      { test: null, times: 11, lastPull: 9 },
    ];
    const failures = [{ ...failure, known: { times: 2, lastPull: 12 } }];
    expect(reportParagraphs(report({ tests: tests({ failures }), flaky }), false).join("\n\n")).toMatchInlineSnapshot(`
     "**Tests:** 1 failed · 33 passed

     - ❌ cart › adds up · \`test/cart.test.js:12\` (known as flaky: 2 times in 30 days, last in #12) — expected 2

     **Flaky:** failed and passed on the same files.

     - is \\*sometimes\\* slow (3rd time in 30 days, last in #12)
     - adds up (for the first time in 30 days)
     - the command as a whole (11th time in 30 days, last in #9)"
    `);
  });

  test("that names failing tests, though the command ended well, is said to contradict it", () => {
    const said = reportParagraphs(report({}), true).join("\n\n");
    expect(said).toContain("⚠️ The command ended well although its report names tests that failed.");
    expect(reportParagraphs(report({}), false).join("\n\n")).not.toContain("⚠️");
  });

  test("tells of ten reports that could not be read, and how many more there were", () => {
    const unread = Array.from({ length: 500 }, (_, n) => ({ path: `${n}.xml`, reason: "it is no XML." }));
    const said = reportParagraphs(report({ tests: null, unread }), true);
    expect(said).toHaveLength(11);
    expect(said.at(-1)).toBe("⚠️ … and 490 more reports could not be read.");
  });
});

describe("the coverage of a command", () => {
  const coverage: NonNullable<ReportText["coverage"]> = {
    percent: 87.3,
    difference: 0.4,
    branches: 71,
    base: { commit: "1234567".padEnd(40, "0") },
    lost: { total: 12, files: [{ file: "src/a.js", before: 90, now: 80.25 }] },
    changed: { unreached: 30, shown: 20 },
  };
  const said = (more: Partial<typeof coverage>) =>
    reportParagraphs(report({ tests: null, coverage: { ...coverage, ...more } }), true);

  test("is a number with the difference to the base, and what lies behind it", () => {
    expect(said({}).join("\n\n")).toMatchInlineSnapshot(`
     "**Coverage:** 87.3 % of lines (+0.4 since base \`1234567\`), branches 71 %.

     Less than on the base is reached of:

     - \`src/a.js\`: 90 % → 80.25 %
     - … and 11 more

     30 changed lines are reached by no test; 20 are marked beside the code."
    `);
    expect(reportInShort(report({ coverage }))).toBe("1 of 34 tests failed, coverage 87.3 % (+0.4)");
  });

  test.each<[string, Partial<typeof coverage>, string]>([
    ["fell", { difference: -1.25, branches: null }, "**Coverage:** 87.3 % of lines (-1.25 since base `1234567`)."],
    ["stayed", { difference: 0, branches: null }, "**Coverage:** 87.3 % of lines (as base `1234567`)."],
    [
      "cannot be compared",
      { difference: null, base: { unknown: "the command fails there." } },
      "**Coverage:** 87.3 % of lines, branches 71 %. The base is not known: the command fails there.",
    ],
    [
      "is of nothing",
      { percent: null },
      "**Coverage:** the report names no line of this repository that could be reached.",
    ],
  ])("that %s says so", (_, more, first) => {
    expect(said(more)[0]).toBe(first);
  });

  test("counts changed lines that no test reaches, where they are known", () => {
    const changed = (unreached: number, shown: number) => said({ changed: { unreached, shown } }).at(-1);
    expect(changed(1, 1)).toBe("1 changed line is reached by no test, marked beside the code.");
    expect(changed(3, 0)).toBe("3 changed lines are reached by no test.");
    expect(said({ changed: null })).toHaveLength(2);
    expect(said({ changed: { unreached: 0, shown: 0 }, lost: { total: 0, files: [] } })).toHaveLength(1);
  });
});
