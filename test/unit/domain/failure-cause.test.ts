import { describe, expect, test } from "@jest/globals";
import { causeOf } from "../../../src/domain/failure-cause.ts";
import { logs } from "./failure-logs.ts";
import { processorMs } from "../processor-time.ts";

const command = { name: "test", run: "npm test", end: "exited", code: 1 } as const;
const cause = (tail: string, more: object = {}) => causeOf({ ...command, ...more, tail });
const print = (tail: string, more: object = {}) => cause(tail, more).fingerprint;

interface Case {
  /** What the excerpt must hold, in this order. */
  readonly tells: readonly string[];
  /** The same failure, run again: what is replaced by what. */
  readonly again: readonly (readonly [string | RegExp, string])[];
  /** Another failure. */
  readonly other: readonly [string | RegExp, string];
}

const cases: Record<keyof typeof logs, Case> = {
  jest: {
    tells: ["● adds", "Expected: 3", "● outer › throws", "TypeError: Cannot read properties of null"],
    again: [
      ["(3 ms)", "(1.2 s)"],
      ["j.test.js:1:34", "j.test.js:2:30"],
      ["0.396 s", "0.9 s"],
    ],
    other: [/outer › throws/g, "outer › returns"],
  },
  "node --test": {
    tells: ["not ok 1 - adds", "2 !== 3", "not ok 1 - inner fails", "x is not a function"],
    again: [
      [/duration_ms: \d/g, "duration_ms: 9"],
      ["not ok 1 - adds", "not ok 4 - adds"],
      [/run-4821/g, "run-77"],
      [/mjs:3:72/g, "mjs:8:1"],
    ],
    other: ["not ok 1 - inner fails", "not ok 1 - inner breaks"],
  },
  pytest: {
    tells: ["test_add", "assert 2 == 3", "ValueError: bad 1", "FAILED test_x.py::test_p[2]"],
    again: [
      ["0.59s", "12.01s"],
      [/test_x.py:7/g, "test_x.py:9"],
      [/_{20,}/g, "________"],
    ],
    other: [/test_p\[2\]/g, "test_p[3]"],
  },
  "pytest, collecting": {
    tells: ["ERROR collecting test_y.py", "No module named 'nothere'"],
    again: [
      [/run-4821/g, "run-12"],
      ["test_y.py:1:", "test_y.py:3:"],
    ],
    other: [/nothere/g, "nowhere"],
  },
  "cargo test": {
    tells: ["test tests::adds ... FAILED", "panicked at src/lib.rs:4:21", "left: 2", "called `Option::unwrap()`"],
    again: [
      ["(3560)", "(99)"],
      ["lib.rs:4:21", "lib.rs:7:2"],
      [
        "test tests::adds ... FAILED\ntest tests::boom ... FAILED",
        "test tests::boom ... FAILED\ntest tests::adds ... FAILED",
      ],
      ["0.08s", "1.00s"],
    ],
    other: [/tests::boom/g, "tests::bang"],
  },
  "cargo build": {
    tells: ["error[E0308]: mismatched types", "expected `i32`, found `&str`"],
    again: [["src/lib.rs:8:18", "src/lib.rs:10:18"]],
    other: ["error[E0308]: mismatched types", "error[E0425]: cannot find value `tea` in this scope"],
  },
  unittest: {
    tells: ["FAIL: test_a", "AssertionError: 1 != 2"],
    again: [
      ["0.000s", "0.400s"],
      ["line 4,", "line 14,"],
    ],
    other: [/test_a\b/g, "test_b"],
  },
  gcc: {
    tells: ["‘foo’ undeclared", "expected ‘;’"],
    again: [[/x\.c:1:/g, "x.c:31:"]],
    other: ["‘foo’ undeclared", "‘bar’ undeclared"],
  },
  tsc: {
    tells: ["error TS2322", "error TS2304: Cannot find name 'foo'"],
    again: [["(1,24)", "(9,2)"]],
    other: ["Cannot find name 'foo'", "Cannot find name 'bar'"],
  },
  "go test": {
    tells: ["--- FAIL: TestAdd", "Add(1, 1) = 3, want 2", "--- FAIL: TestServe", "panic: runtime error"],
    again: [
      [/45123/g, "39001"],
      ["(0.31s)", "(2.00s)"],
      ["add_test.go:9", "add_test.go:19"],
      ["0x4f2c1b", "0x5aaaaa"],
      ["\t0.318s", "\t2.000s"],
    ],
    other: ["TestServe", "TestStop"],
  },
  vitest: {
    tells: ["× cart > adds a tea", "expected 1 to be 2", "FAIL  src/cart.test.ts"],
    again: [
      ["7ms", "1.4s"],
      [":14:24", ":15:1"],
      ["11:13:29", "23:59:01"],
    ],
    other: [/adds a tea/g, "adds two teas"],
  },
  eslint: {
    tells: ["src/cart.js", "'total' is assigned", "src/tea.js", "'steep' is not defined"],
    again: [
      ["12:5 ", "112:15 "],
      [/run-4821/g, "run-5"],
    ],
    other: ["'steep' is not defined", "'brew' is not defined"],
  },
  mocha: {
    tells: ["1) adds a tea", "AssertionError [ERR_ASSERTION]", "1 !== 2", "test/cart.spec.js:8:12"],
    again: [
      ["(9ms)", "(2s)"],
      ["spec.js:8:12", "spec.js:9:1"],
    ],
    other: [/adds a tea/g, "adds two teas"],
  },
  "a stack trace": {
    tells: ["TypeError: Cannot read properties of undefined (reading 'price')", "src/cart.js:9:21"],
    again: [
      ["38211", "40112"],
      ["cart.js:9:21", "cart.js:12:1"],
    ],
    other: ["reading 'price'", "reading 'name'"],
  },
  "out of memory": {
    tells: ["JavaScript heap out of memory"],
    again: [
      ["4711:0x1b2c3d40", "99:0x77"],
      ["31021 ms", "1 ms"],
      ["0xb8cbd2", "0xb8cbd3"],
    ],
    other: [/FATAL ERROR.*/, "FATAL ERROR: v8::ToLocalChecked Empty MaybeLocal"],
  },
  maven: {
    tells: ["shop.CartTest.addsATea", "expected: <2> but was: <1>", "CartTest.java:12"],
    again: [
      [/elapsed: [\d.]+ s/g, "elapsed: 9.1 s"],
      ["addsATea:12", "addsATea:14"],
    ],
    other: [/addsATea/g, "addsTwoTeas"],
  },
};

describe.each(Object.entries(cases))("a failure of %s", (tool, { tells, again, other }) => {
  const log = logs[tool as keyof typeof logs];

  test("is told by the lines that matter, the first failure first", () => {
    const { excerpt } = cause(log);
    expect(excerpt.length).toBeLessThanOrEqual(4_000);
    const places = tells.map((words) => excerpt.indexOf(words));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(excerpt).not.toContain("node_modules");
  });

  test("is known again although times, places and addresses differ", () => {
    const changed = again.reduce<string>((text, [from, to]) => text.replace(from, () => to), log);
    expect(changed).not.toBe(log);
    for (const [from] of again) expect(typeof from === "string" ? log.indexOf(from) : log.search(from)).not.toBe(-1);
    expect(print(changed)).toBe(print(log));
    expect(print(`\u001B[31m${log.replaceAll("\n", "\u001B[0m\r\n\u001B[31m")}`)).toBe(print(log));
  });

  test("differs from another one", () => {
    expect(print(log.replace(other[0], () => other[1]))).not.toBe(print(log));
  });
});

describe("a cause", () => {
  const jest = (name: string) =>
    `  ● cart › ${name}\n\n    expect(received).toBe(expected)\n\n    Expected: 1\n    Received: 2\n`;

  test("does not depend on the order of the failures", () => {
    expect(print(jest("b") + jest("a"))).toBe(print(jest("a") + jest("b")));
    expect(print(jest("b"))).not.toBe(print(jest("a") + jest("b")));
  });

  test("keeps tests apart that differ by a number or a duration in their names", () => {
    expect(print(jest("takes 1000"))).not.toBe(print(jest("takes 2000")));
    expect(print(jest("waits 10 ms for tea"))).not.toBe(print(jest("waits 20 ms for tea")));
  });

  test("differs between commands, and between ways to end", () => {
    expect(print(jest("a"), { name: "lint" })).not.toBe(print(jest("a")));
    expect(print(jest("a"), { end: "timed-out", code: null })).not.toBe(print(jest("a")));
  });

  test("says how the command ended, also when it printed nothing", () => {
    expect(cause("").excerpt).toBe("$ npm test (exited 1)");
    expect(cause("", { end: "timed-out", code: null }).excerpt).toBe("$ npm test (timed-out)");
  });

  test("of a command that was stopped is the same however far it came", () => {
    const stopped = { end: "timed-out", code: null };
    expect(print("step 1\nstep 2\n", stopped)).toBe(print("step 1\n", stopped));
  });

  test("of somebody else's check, which ends with a verdict, is known by its words", () => {
    const verdict = { end: "failure", code: null };
    expect(print("the tea is cold", verdict)).not.toBe(print("the cup is empty", verdict));
  });

  test("falls back to the last 40 lines", () => {
    const lines = Array.from({ length: 100 }, (_, n) => `doing the ${n}. thing`);
    expect(cause(lines.join("\n")).excerpt.split("\n").slice(1)).toEqual(lines.slice(60));
    expect(print("all is lost at 10:11:12")).toBe(print("all is lost at 23:00:01"));
    expect(print("all is lost")).not.toBe(print("nothing is lost"));
  });

  test("tells a failure once that is printed twice, and a repeated line once with its number", () => {
    const { excerpt } = cause(`${jest("a")}\nSummary\n\n${jest("a")}`);
    expect(excerpt.split("● cart › a")).toHaveLength(2);
    const again = cause(`Error: no tea\n${"  waiting\n".repeat(8)}`).excerpt;
    expect(again).toContain("  waiting (8 times)");
  });

  test("names the failures that have no room, and says how many more there are", () => {
    const { excerpt } = cause(Array.from({ length: 200 }, (_, n) => jest(`test number ${n}`)).join("\n"));
    expect(excerpt.length).toBeLessThanOrEqual(4_000);
    expect(excerpt).toContain("● cart › test number 0");
    expect(excerpt).toMatch(/… also:\n● cart › test number \d+\n[^]*… and \d+ more$/);
  });

  test("takes no passing test for a failing one", () => {
    const { excerpt } = cause(`  ✓ shows Error: no tea\nok 1 - throws TypeError: x\n  ✕ pours\n`);
    expect(excerpt).toBe("$ npm test (exited 1)\n  ✕ pours");
  });

  test("takes npm's own words only where nothing else is said", () => {
    const npm = "npm error Lifecycle script `test` failed with error:\nnpm error code 1\n";
    expect(print(jest("a") + npm)).toBe(print(jest("a")));
    expect(cause(`> shop@1.0.0 test\n\n${npm}`).excerpt).toContain("npm error code 1");
  });

  test("keeps of a line that was written over its last state, and no control characters", () => {
    const { excerpt } = cause("10 %\r50 %\rError: no\u0000 \u001B[1mtea\u001B[0m\u202E\u0007\n");
    expect(excerpt).toBe("$ npm test (exited 1)\nError: no tea");
  });
});

describe("hostile output", () => {
  const big = 50_000;
  test.each([
    ["one line without an end", "x".repeat(big)],
    ["digits", "1".repeat(big)],
    ["control characters", "\u0000".repeat(big)],
    ["carriage returns", "\r".repeat(big)],
    ["line ends", "\n".repeat(big)],
    ["unfinished sequences", "\u001B[0000".repeat(big / 6)],
    ["unfinished titles", "\u001B]0;".repeat(big / 4)],
    ["nothing but failures", "  ● a\n".repeat(big / 6)],
    ["nothing but errors", "Error: \n".repeat(big / 8)],
    ["places", "a.b:1:2:".repeat(big / 8)],
    ["dotted names", `${"aaa.".repeat(100)}\n`.repeat(big / 400)],
    ["durations", `Error: ${"1m2s".repeat(90)}x\n`.repeat(big / 400)],
    ["brackets", `${"(".repeat(390)}\n`.repeat(big / 400)],
    ["spaces", `Error:${" ".repeat(390)}x\n`.repeat(big / 400)],
    ["half characters", "\uD83D".repeat(big)],
  ])("of %s is read in a moment", (_, tail) => {
    const began = process.cpuUsage();
    const { excerpt, fingerprint } = cause(tail);
    expect(processorMs(began)).toBeLessThan(1_000);
    expect(excerpt.length).toBeLessThanOrEqual(4_000);
    expect(excerpt.isWellFormed()).toBe(true);
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });
});
