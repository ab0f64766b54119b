import { describe, expect, test } from "@jest/globals";
import { review, said, type Texts } from "./side-of.ts";

/** A function with so many conditions in each other: a nesting of `levels`, and the sum of them as cognitive complexity. */
const deep = (name: string, levels: number, more = "") =>
  `function ${name}(a) {\n${more}${"if (a) {\n".repeat(levels)}call();\n${"}\n".repeat(levels)}}\n`;
const nested = async (base: Texts | null, head: Texts) => {
  const { findings, resolved } = await review(base, head, {
    rules: { "quality/cognitive": "off", "quality/duplication": "off" },
  });
  return [...said(findings), ...said(resolved).map((each) => `- ${each}`)];
};

describe("a function beyond a threshold", () => {
  test.each<[string, Texts | null, Texts, string[]]>([
    ["is told when it is new", {}, { "a.js": deep("f", 5) }, ["quality/nesting a.js:1"]],
    ["but not at the threshold", {}, { "a.js": deep("f", 4) }, []],
    ["is told when it went beyond it", { "a.js": deep("f", 4) }, { "a.js": deep("f", 5) }, ["quality/nesting a.js:1"]],
    ["is told when it went further", { "a.js": deep("f", 5) }, { "a.js": deep("f", 6) }, ["quality/nesting a.js:1"]],
    ["but not when it changed and is as it was", { "a.js": deep("f", 5) }, { "a.js": deep("f", 5, "a();\n") }, []],
    ["nor when it got better, and is still beyond", { "a.js": deep("f", 6) }, { "a.js": deep("f", 5) }, []],
    ["is resolved when it is within", { "a.js": deep("f", 6) }, { "a.js": deep("f", 2) }, ["- quality/nesting a.js:1"]],
    ["is resolved when it is gone", { "a.js": deep("f", 6) }, { "a.js": "let a;\n" }, ["- quality/nesting a.js:1"]],
    ["is the same under another name", { "a.js": deep("f", 12) }, { "a.js": deep("g", 12) }, []],
    ["is the same in another file", { "a.js": deep("f", 5), "b.js": "" }, { "a.js": "", "b.js": deep("f", 5) }, []],
    ["is the same in a renamed file", { "a.js": deep("f", 5) }, { "b.js": deep("f", 5) }, []],
    [
      "is another one of the same name",
      { "a.js": deep("f", 5) },
      { "a.js": deep("f", 5), "b.js": deep("f", 5) },
      ["quality/nesting b.js:1"],
    ],
    [
      "is known without a name, whatever comes before it",
      { "a.js": `on(${deep("", 5)});\n` },
      { "a.js": `on(() => 1);\non((b) => b);\non(${deep("", 5)});\n` },
      [],
    ],
    [
      "is new without a name, beside others of the kind",
      { "a.js": `on(${deep("", 5)});\n` },
      { "a.js": `on(${deep("", 6, "b();\n")});\non(${deep("", 5)});\n` },
      ["quality/nesting a.js:1"],
    ],
  ])("%s", async (_, base, head, expected) => {
    expect(await nested(base, head)).toEqual(expected);
  });

  test("is called by its qualified name, with what it was before", async () => {
    const of = (levels: number) => `class Cart {\n${deep("add", levels).replace("function ", "")}}\n`;
    const found = await review({ "a.js": of(5) }, { "a.js": of(6) }, { rules: { "quality/cognitive": "off" } });
    expect(found.findings.map(({ message, symbol }) => [symbol, message])).toEqual([
      [
        "Cart.add",
        "`Cart.add` has control flow 6 levels deep: at most 4 are wanted, and it had 5. Return early, or give the inner part a function of its own.",
      ],
    ]);
  });

  test.each([
    ["parameters", "function f(a, b, c) {}", { parameters: 2 }],
    ["lines", "function f() {\n\n}", { lines: 2 }],
    ["cyclomatic", "function f(a) { return a || 1; }", { cyclomatic: 1 }],
    ["maintainability", "function f(a) {\n  return a + 1;\n}", { maintainability: 99 }],
  ] as const)("is told for each measure: %s", async (measure, text, limit) => {
    const thresholds = {
      cognitive: 50,
      cyclomatic: 50,
      lines: 500,
      parameters: 50,
      nesting: 50,
      maintainability: 0,
      duplication: 50,
    };
    const judge = async (path: string) =>
      said((await review({}, { [path]: text }, { thresholds: { ...thresholds, ...limit } })).findings);
    expect(await judge("a.js")).toEqual([`quality/${measure} a.js:1`]);
    const isForTests = measure === "parameters" || measure === "cyclomatic";
    expect(await judge("test/a.test.js")).toEqual(isForTests ? [`quality/${measure} test/a.test.js:1`] : []);
  });
});

test("a function without a name is called by what it lies in, and not by what ended before it", async () => {
  const text = [
    "on(() => 1);",
    "class Cart {",
    "  add() {",
    "    return on(() => 2);",
    "  }",
    "  sum = 1;",
    "  all = on(() => 3);",
    "}",
    "on(() => 4);",
  ];
  const { metrics } = await review(null, { "a.js": text.join("\n") });
  expect(metrics.functions.map(({ name, head }) => `${head?.startLine} ${name}`)).toEqual([
    "1 anonymous function",
    "3 Cart.add",
    "4 Cart.add.anonymous function",
    "7 Cart.all.anonymous function",
    "9 anonymous function",
  ]);
});

test("the numbers of a pull are those of its changed files, on both sides", async () => {
  const { metrics } = await review(
    { "a.js": deep("f", 2), "gone.js": "function old() {}\n", "same.js": deep("g", 9) },
    { "a.js": deep("f", 3), "new.js": "let a;\n", "same.js": deep("g", 9) },
  );
  expect(metrics.total).toMatchObject({
    base: { files: 2, functions: 2, lines: 8, cognitive: 3, cyclomatic: 4, nesting: 2, duplicatedLines: 0 },
    head: { files: 2, functions: 1, lines: 10, cognitive: 6, cyclomatic: 4, nesting: 3, duplicatedLines: 0 },
  });
  expect(metrics.files.map(({ path, base, head }) => [path, base?.cognitive, head?.cognitive])).toEqual([
    ["a.js", 3, 6],
    ["new.js", undefined, 0],
    ["gone.js", 0, undefined],
  ]);
  expect(metrics.functions.map(({ path, name, base, head }) => [path, name, base?.nesting, head?.nesting])).toEqual([
    ["a.js", "f", 2, 3],
    ["gone.js", "old", 0, undefined],
  ]);
});
