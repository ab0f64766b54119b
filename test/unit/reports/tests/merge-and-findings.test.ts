import { describe, expect, test } from "@jest/globals";
import { readJUnit } from "../../../../src/reports/tests/junit-file.ts";
import { mergeResults } from "../../../../src/reports/tests/merge-results.ts";
import { readTestOutput } from "../../../../src/reports/tests/read-test-output.ts";
import { toFindings } from "../../../../src/reports/tests/test-findings.ts";
import type { TestResults } from "../../../../src/reports/tests/test-results.ts";
import { printed } from "./printed-output.ts";

function output(text: string): TestResults {
  const found = readTestOutput(text);
  if (found === null) throw new Error("no test run");
  return found;
}

describe("merging results", () => {
  const file = readJUnit(printed("vitest-junit.xml"));

  test.each([
    ["with the same counts", printed("vitest.txt")],
    ["with a failure of the same name", `${printed("vitest.txt").split(" Test Files")[0]}`],
    ["cut, that names no failure", "TAP version 13\n1..9\nok 1 - a\n"],
  ])("drops printed text of the run that a file tells of: %s", (_, text) => {
    expect(mergeResults([output(text), file])).toEqual(file);
  });

  test("adds the text of another run", () => {
    const merged = mergeResults([file, output("FAILED a.py::test_x - assert 0\n=== 1 failed, 2 passed in 0.1s ===\n")]);
    expect(merged.counts).toEqual({ passed: 5, failed: 5, skipped: 2 });
    expect(merged.failures.map(({ name }) => name)).toContain("test_x");
  });

  test("adds up several files, and is truncated when one of them is", () => {
    expect(mergeResults([file, file]).counts).toEqual({ passed: 6, failed: 8, skipped: 4 });
    expect(mergeResults([{ ...file, truncated: true }, file]).truncated).toBe(true);
    expect(mergeResults([]).counts).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });
});

describe("findings of failed tests", () => {
  const results = output(printed("jest.txt"));

  test("stand on the lines that failed", () => {
    expect(toFindings(results)[1]).toMatchObject({
      rule: "test",
      severity: "failure",
      file: "cart.test.js",
      startLine: 11,
      endLine: 11,
      message: "cart › with items › sums\n\nTypeError: Cannot read properties of null (reading 'items')",
    });
  });

  test("keep their fingerprint when lines move, and have another in another file or of another name", () => {
    const prints = (text: string) => toFindings(output(text)).map(({ fingerprint }) => fingerprint);
    const before = prints(printed("jest.txt"));
    expect(prints(printed("jest.txt").replaceAll("cart.test.js:3:", "cart.test.js:90:"))).toEqual(before);
    expect(new Set(before).size).toBe(4);
    expect(prints(printed("jest.txt").replaceAll("cart.test.js", "shop.test.js"))[0]).not.toBe(before[0]);
    expect(prints(printed("jest.txt").replaceAll("adds up", "adds"))[0]).not.toBe(before[0]);
  });

  test("are not made where the file or the line is unknown", () => {
    const known = { name: "a", file: "a.js", line: 1, message: "" };
    const failures = [known, { ...known, file: null, line: null }, { ...known, line: null }];
    expect(toFindings({ ...results, failures })).toHaveLength(1);
    expect(toFindings({ ...results, failures })[0]?.message).toBe("a");
  });
});
