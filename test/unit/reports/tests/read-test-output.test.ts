import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readTestOutput } from "../../../../src/reports/tests/read-test-output.ts";
import { anyText } from "../../any-text.ts";
import { printed } from "./printed-output.ts";
import { processorMs } from "../../processor-time.ts";

/** A failure as `name (file:line): first line of the message`. */
function told(output: string, options = {}) {
  const found = readTestOutput(output, options);
  return {
    counts: Object.values(found?.counts ?? {}),
    truncated: found?.truncated,
    failures: found?.failures.map(
      ({ name, file, line, message }) => `${name} (${file}:${line}): ${message.split("\n")[0]}`,
    ),
  };
}

const node = [
  "test/broken.test.mjs (test/broken.test.mjs:1): test failed",
  "adds up (test/cart.test.mjs:6): Expected values to be strictly equal:",
  "cart › with items › sums (test/cart.test.mjs:15): Cannot read properties of null (reading 'items')",
  "cart › with items › hangs (test/cart.test.mjs:17): test timed out after 20ms",
];
const spec = node.map((line) =>
  line.replace("Expected", "AssertionError [ERR_ASSERTION]: Expected").replace("Cannot", "TypeError: Cannot"),
);
const jest = [
  "adds up (cart.test.js:3): expect(received).toBe(expected) // Object.is equality",
  "cart › with items › sums (cart.test.js:11): TypeError: Cannot read properties of null (reading 'items')",
  'cart › with items › hangs (cart.test.js:13): thrown: "Exceeded timeout of 20 ms for a test.',
  "broken.test.js (broken.test.js:1): Cannot find module './missing' from 'broken.test.js'",
];
const vitest = [
  "broken.test.ts (broken.test.ts:1): Error: Cannot find module './missing' imported from /workspace/broken.test.ts",
  "adds up (cart.test.ts:4): AssertionError: expected 2 to be 3 // Object.is equality",
  "cart › with items › sums (cart.test.ts:12): TypeError: Cannot read properties of null (reading 'items')",
  "cart › with items › hangs (cart.test.ts:14): TestTimeoutError: Test timed out in 20ms.",
];
const vitestTap = vitest.map((line) => line.replace(/\w*Error: /, "").replace(/ms\.$/, "ms"));
const pytest = [
  "test_adds_up (test_cart.py:9): assert (1 + 1) == 3",
  "TestCart › test_sums[2] (test_cart.py:37): ValueError: bad 2",
  "TestCart › test_sums[a - b] (test_cart.py:37): AssertionError: assert 'a - b' == 1",
  "test_needs_base (test_cart.py:24): RuntimeError: no database",
];
const go = [
  "example.org/shop › TestAddsUp (cart_test.go:17): Add(1, 1) = 2, want 3",
  "example.org/shop › TestCart › sums (cart_test.go:26): sum is wrong",
  "example.org/shop/broken (broken/broken_test.go:5): broken/broken_test.go:5:28: undefined: missing",
  "example.org/shop/sub › TestPanics (sub/sub_test.go:7): panic: assignment to entry in nil map [recovered]",
];

const runs: Record<string, { counts: number[]; failures: string[] }> = {
  "node-24-spec.txt": { counts: [2, 4, 2], failures: spec },
  "node-24-spec-colours.txt": { counts: [2, 4, 2], failures: spec },
  "node-20-spec.txt": {
    counts: [2, 3, 2],
    failures: spec.slice(1).map((line) => line.replace("TypeError:", "TypeError [Error]:")),
  },
  "node-24-tap.txt": { counts: [2, 4, 2], failures: node },
  "node-20-tap.txt": { counts: [2, 3, 2], failures: node.slice(1) },
  "jest.txt": { counts: [3, 4, 2], failures: jest },
  "jest-verbose-colours.txt": { counts: [3, 4, 2], failures: jest },
  "vitest.txt": { counts: [3, 4, 2], failures: vitest },
  "vitest-verbose-colours.txt": { counts: [3, 4, 2], failures: vitest },
  "vitest-tap.txt": { counts: [3, 4, 2], failures: vitestTap },
  "vitest-tap-flat.txt": { counts: [3, 4, 2], failures: vitestTap },
  "pytest.txt": { counts: [3, 4, 2], failures: pytest },
  "pytest-short.txt": { counts: [3, 4, 2], failures: pytest },
  "pytest-verbose-colours.txt": { counts: [3, 4, 2], failures: pytest },
  "pytest-collecting.txt": {
    counts: [0, 1, 0],
    failures: ["sub/test_broken.py (sub/test_broken.py:1): ModuleNotFoundError: No module named 'missing_module'"],
  },
  "go.txt": { counts: [0, 4, 0], failures: go },
  "go-verbose.txt": { counts: [2, 4, 1], failures: go },
  "go-json.txt": { counts: [2, 4, 1], failures: go },
};

describe("reading what a test runner printed", () => {
  test.each(Object.entries(runs))("finds counts, failures and their places in %s", (name, { counts, failures }) => {
    const found = told(printed(name), { goModule: "example.org/shop" });
    expect({ ...found, failures: found.failures?.toSorted() }).toEqual({
      counts,
      truncated: false,
      failures: failures.toSorted(),
    });
  });

  // From within a word on; what is counted at the end is known all the same.
  const counted = Object.keys(runs).filter((name) => !/go|vitest/.test(name));
  test.each(counted)("keeps the counts of %s when its beginning is cut", (name) => {
    const whole = printed(name);
    const full = readTestOutput(whole);
    const cut = readTestOutput(whole.slice(Math.floor(whole.length / 3)));
    expect(cut).toMatchObject({ counts: full?.counts, truncated: false });
    expect(cut?.failures.length).toBeLessThanOrEqual(full?.failures.length ?? 0);
  });

  test.each([
    ["vitest.txt", 2],
    ["vitest-verbose-colours.txt", 2],
    ["vitest-tap.txt", 3],
    ["vitest-tap-flat.txt", 3],
    ["go-verbose.txt", 3],
    ["go-json.txt", 3],
  ])("says that counts are not the whole when the beginning of %s is cut", (name, part) => {
    const whole = printed(name);
    const cut = readTestOutput(whole.slice(Math.floor(whole.length / part)));
    expect(cut?.truncated).toBe(true);
    expect(cut?.counts.failed).toBeLessThanOrEqual(4);
  });

  test.each([
    ["node-24-spec.txt", "ℹ tests"],
    ["node-24-tap.txt", "1..6"],
    ["jest.txt", "Test Suites:"],
    ["vitest.txt", " Test Files"],
    ["pytest-verbose-colours.txt", "= short test summary"],
    ["go-verbose.txt", "FAIL\texample.org/shop/sub"],
  ])("says that counts are not the whole when %s stops before its end", (name, end) => {
    const whole = printed(name);
    const found = readTestOutput(whole.slice(0, whole.indexOf(end)));
    expect(found).toMatchObject({ truncated: true });
    expect(found?.counts.failed).toBeGreaterThan(1);
  });

  test.each([
    ["nothing", ""],
    [
      "a compiler",
      "src/a.ts:1:2 - error TS2322: Type 'string' is not assignable to type 'number'.\n\nFound 1 error.\n",
    ],
    ["a build", "ok, built in 2.1s\n✓ 14 modules transformed.\nTests are not run here.\n1..\n"],
    ["a linter", "✖ 3 problems (3 errors, 0 warnings)\n"],
    ["one line that looks like a point", "ok 1 file copied\n"],
  ])("takes %s for no test run", (_, output) => {
    expect(readTestOutput(output)).toBeNull();
  });

  test("adds up runners that print one after the other", () => {
    const found = readTestOutput(`${printed("jest.txt")}\n> pytest\n${printed("pytest.txt")}\n${printed("jest.txt")}`);
    expect(found?.counts).toEqual({ passed: 9, failed: 12, skipped: 6 });
  });

  test("reads jest's line of a project, and names a failure once that a summary repeats", () => {
    const failure =
      "  ● a › b\n\n    Error: x\n\n      at f (src/b.ts:2:1)\n      at Object.<anonymous> (test/a.test.ts:7:3)\n";
    const head = "PASS unit test/b.test.ts\nFAIL contract test/a.test.ts (5.1 s)\n";
    const found = told(
      `${head}${failure}\nSummary of all failing tests\n${head}${failure}\nTests:       1 failed, 4 passed, 5 total\n`,
    );
    expect(found).toEqual({ counts: [4, 1, 0], truncated: false, failures: ["a › b (test/a.test.ts:7): Error: x"] });
  });

  test("counts TAP that is planned and missing as unknown, and believes no number", () => {
    expect(told("TAP version 14\n1..3\nok 1 - a\nnot ok 2 - b # TODO later\n")).toMatchObject({
      counts: [1, 0, 1],
      truncated: true,
    });
    expect(told("1..1\nok 999999999 - a\n")).toMatchObject({ counts: [1, 0, 0], truncated: true });
    expect(told("TAP version 14\nok 1 - a\nBail out! no database\n").failures).toEqual([
      "Bail out! (null:null): no database",
    ]);
  });

  test("passes over what only looks like Go's events, however much it is", () => {
    const events = '{"Action":"output","Package":"a","Output":"--- FAIL: x (0.0s)\\n"}\n';
    expect(readTestOutput(`${events}${"{no}\n".repeat(2_000)}`)?.counts.failed).toBe(1);
    expect(readTestOutput("{no}\n".repeat(2_000))).toBeNull();
  });

  test("gives a failure of Go no file when the module is not known", () => {
    expect(readTestOutput(printed("go.txt"))?.failures[0]).toMatchObject({
      file: null,
      line: null,
      message: "Add(1, 1) = 2, want 3",
    });
  });

  test("counts packages that pass where Go names no tests", () => {
    expect(told("ok  \texample.org/a\t0.01s\nok  \texample.org/b\t(cached)\n")).toMatchObject({
      counts: [2, 0, 0],
      failures: [],
    });
  });
});

describe("hostile output", () => {
  test.each([
    "/etc/passwd",
    "../outside.js",
    "/workspace/../etc/passwd",
    "a/../../b.js",
    "C:\\x.js",
    "file:///etc/x.js",
  ])("names no file outside of the workspace: %s", (path) => {
    const tap = `TAP version 13\n1..1\nnot ok 1 - a\n  ---\n  location: '${path}:3:1'\n  error: x\n  ...\n`;
    const found = readTestOutput(tap)?.failures[0];
    expect(found).toMatchObject({ name: "a", file: null, line: null });
  });

  test("keeps 200 failures and their true number, each in its bounds, without control characters", () => {
    const one = (at: number) =>
      `\u001B]0;x\u0007  ● ${at}${"n\u202E".repeat(900)}\n\n    ${"m\u0000".repeat(300)}\n${"    more\n".repeat(300)}`;
    const found = readTestOutput(`FAIL a.test.js\n${[1, 2, 3].map(one).join("")}`);
    expect(found?.failures).toHaveLength(3);
    for (const { name, message } of found?.failures ?? []) {
      expect(name.length).toBeLessThanOrEqual(500);
      expect(message.length).toBeLessThanOrEqual(1_000);
      expect(`${name}${message.replaceAll("\n", "")}`).not.toMatch(/[\p{Cc}\u202E]/u);
    }
    const many = readTestOutput(Array.from({ length: 300 }, (_, at) => `FAILED a.py::t${at} - x`).join("\n"));
    expect([many?.failures.length, many?.counts.failed]).toEqual([200, 300]);
  });

  test.each([
    ["points", "not ok 1 - x\n"],
    ["nested subtests", `${" ".repeat(300)}# Subtest: a\n`],
    ["YAML that never ends", "not ok 1 - x\n  ---\n  a: [[[[[[&a *a\n"],
    ["headings", `FAIL ${"a.b ".repeat(90)}\n`],
    ["bullets", "FAIL a.js\n  ● x\n"],
    ["durations", "✖ x (1.2ms)\n✖ failing tests:\ntest at a:1:1\n"],
    ["brackets", `a.py::${"[ - ".repeat(90)}\n`],
    ["subtests of Go", `--- FAIL: ${"a/".repeat(180)} (0.00s)\n`],
    ["events", '{"Action":"output","Package":"p","Output":"x\\n"}\n'],
    ["summaries", `=== ${"1 passed, ".repeat(38)}\n`],
    ["escapes", "\u001B[\u001B]"],
  ])("is read in time that grows with its length: %s", (_, text) => {
    const start = process.cpuUsage();
    readTestOutput(text.repeat(Math.ceil(200_000 / text.length)));
    expect(processorMs(start)).toBeLessThan(1_000);
  });

  test("of any text makes nothing throw", () => {
    const pieces = [
      "TAP version 13\n",
      "not ok 1 - ",
      "  ---\n",
      "FAIL a.js\n",
      "  ● ",
      "--- FAIL: ",
      "=== RUN   ",
      "\n",
      "✖ failing tests:\n",
      "FAIL\tp\t",
      '{"Action":',
    ];
    const text = fc
      .array(fc.oneof(fc.constantFrom(...pieces), anyText(20)), { maxLength: 20 })
      .map((all) => all.join(""));
    const reads = (output: string) => readTestOutput(output) !== undefined;
    expect(() => fc.assert(fc.property(text, reads), { numRuns: 150 })).not.toThrow();
  });
});
