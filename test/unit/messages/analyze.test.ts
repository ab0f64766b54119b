import { expect, test } from "@jest/globals";
import { analyzeReport, type AnalyzeText } from "../../../src/messages/analyze.ts";

const nothing: AnalyzeText = {
  findings: [],
  resolved: [],
  ignored: [],
  leftOut: [],
  stopped: [],
  metrics: { total: { base: null, head: null } },
};

test("a report names findings by file, and then what else there is to know", () => {
  const numbers = { files: 2, functions: 10, lines: 1_000, cognitive: 30, duplicatedLines: 25 };
  const report = analyzeReport(
    {
      ...nothing,
      findings: [
        {
          rule: "security/eval",
          severity: "error",
          path: "a.js",
          startLine: 3,
          message: "It runs its input.",
          cwe: 95,
        },
        { rule: "quality/lines", severity: "notice", path: "b.js", startLine: 1, message: "Long." },
        { rule: "quality/nesting", severity: "notice", path: "a.js", startLine: 12, message: "Deep." },
      ],
      resolved: [1],
      ignored: [
        { finding: { rule: "quality/lines", path: "c.js" }, line: 1, reason: "old", byPull: false },
        { finding: { rule: "security/eval", path: "d.js" }, line: 2, reason: "ours", byPull: true },
      ],
      leftOut: Array.from({ length: 12 }, (_, at) => ({ path: `${at}.bin.js`, reason: "It is binary." })),
      stopped: [{ path: "a.js", rule: "security/eval", reason: "There are too many calls." }],
      metrics: { total: { base: { ...numbers, lines: 990 }, head: numbers } },
    },
    "main",
  );
  expect(report).toMatchInlineSnapshot(`
   "a.js
        3  error    security/eval (CWE-95)  It runs its input.
       12  notice   quality/nesting  Deep.

   b.js
        1  notice   quality/lines  Long.

   1 error, 2 notices that main does not have.
   1 found in main is gone.
   Comments tell to look away: 2.
     d.js:2: security/eval: ours (a new comment)
     c.js:1: quality/lines: old
   2 files, 10 functions, 1,000 lines (+10), 30 cognitive complexity, 2.5 % of the lines stand twice
   Not looked into: 12 files.
     0.bin.js: It is binary.
     1.bin.js: It is binary.
     2.bin.js: It is binary.
     3.bin.js: It is binary.
     4.bin.js: It is binary.
     5.bin.js: It is binary.
     6.bin.js: It is binary.
     7.bin.js: It is binary.
     8.bin.js: It is binary.
     9.bin.js: It is binary.
     … and 2 more, which --format json names
   a.js: security/eval: There are too many calls."
  `);
});

test("a report of nothing is short", () => {
  expect(analyzeReport(nothing, null)).toMatchInlineSnapshot(`
   "Nothing was found.
   0 files, 0 functions, 0 lines, 0 cognitive complexity, 0.0 % of the lines stand twice"
  `);
});

test("nothing in a file moves the cursor or hides a line of the report", () => {
  const evil = "a\u001B[2J\u001B]0;x\u0007\u202Eb\r\nc\u200B";
  const report = analyzeReport(
    {
      ...nothing,
      findings: [{ rule: evil, severity: "error", path: evil, startLine: 1, message: evil }],
      ignored: [{ finding: { rule: evil, path: evil }, line: 1, reason: evil, byPull: true }],
      leftOut: [{ path: evil, reason: evil }],
      stopped: [{ path: evil, rule: evil, reason: evil }],
    },
    null,
  );
  expect(report).not.toMatch(/(?!\n)\p{C}/u);
  expect(report.split("\n").filter((line) => line.startsWith("c"))).toEqual([]);
});
