import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { decodeBlocks, readBlocks } from "../../../../src/code/extract/blocks.ts";
import { createKinds, readFlatTree } from "../../../../src/code/syntax/flat-tree.ts";
import { createGrammars } from "../../../../src/code/syntax/load-grammar.ts";
import { review, type Texts } from "./side-of.ts";

/** So many lines of code that are like no others but those of the same seed. */
const lines = (count: number, seed: string) =>
  Array.from(
    { length: count },
    (_, at) => `  ${seed}.field${at} = compute(${seed}${at}, ${at} * 7) || ${seed};\n`,
  ).join("");
const named = (name: string, count: number, seed = "x") => `function ${name}() {\n${lines(count, seed)}}\n`;

const copies = async (base: Texts | null, head: Texts, duplication = 10) => {
  const { findings, metrics } = await review(base, head, {
    thresholds: {
      cognitive: 99,
      cyclomatic: 99,
      lines: 999,
      parameters: 99,
      nesting: 99,
      maintainability: 0,
      duplication,
    },
  });
  return {
    found: findings.map(
      ({ rule, path, startLine, endLine, message }) =>
        `${rule} ${path}:${startLine}-${endLine} = ${/`(.*?)`/.exec(message)?.[1]}`,
    ),
    share: [metrics.total.base?.duplicatedLines, metrics.total.head?.duplicatedLines],
  };
};

describe("a copy is told", () => {
  test.each<[string, Texts | null, Texts, string[]]>([
    [
      "of a file that the pull does not touch",
      { "a.js": named("a", 14) },
      { "a.js": named("a", 14), "b.js": named("b", 14) },
      ["quality/duplication b.js:2-16 = a.js:2-16"],
    ],
    [
      "within one file",
      { "a.js": named("a", 14) },
      { "a.js": named("a", 14) + named("b", 14) },
      ["quality/duplication a.js:18-32 = a.js:2-16"],
    ],
    [
      "of another new one, once",
      {},
      { "a.js": named("a", 14), "b.js": named("b", 14) },
      ["quality/duplication a.js:2-16 = b.js:2-16"],
    ],
    [
      "however it is indented, and with comments in it",
      { "a.js": named("a", 14) },
      {
        "a.js": named("a", 14),
        "b.js": `if (b) {\n${named("b", 14).replaceAll("  x", "\t\t x").replaceAll("\n", "\n\n// so\n")}}\n`,
      },
      ["quality/duplication b.js:5-47 = a.js:2-16"],
    ],
    [
      "in TSX of TypeScript",
      { "a.ts": named("a", 14) },
      { "a.ts": named("a", 14), "b.tsx": named("b", 14) },
      ["quality/duplication b.tsx:2-16 = a.ts:2-16"],
    ],
    [
      "where there is no pull",
      null,
      { "a.js": named("a", 14), "b.js": named("b", 14) },
      ["quality/duplication a.js:2-16 = b.js:2-16"],
    ],
    [
      "of three, each by another",
      {},
      { "a.js": named("a", 14), "b.js": named("b", 14), "c.js": named("c", 14) },
      ["quality/duplication a.js:2-16 = b.js:2-16", "quality/duplication b.js:2-16 = c.js:2-16"],
    ],
    ["but not one of few lines", { "a.js": named("a", 9) }, { "a.js": named("a", 9), "b.js": named("b", 9) }, []],
    [
      "nor one that was there",
      { "a.js": named("a", 14), "b.js": named("b", 14) },
      { "a.js": `let c;\n${named("a", 14)}`, "b.js": named("b", 14) },
      [],
    ],
    ["nor code that was moved", { "a.js": named("a", 14) }, { "b.js": named("a", 14) + named("c", 3, "c") }, []],
    [
      "nor code that was moved while it stands elsewhere too",
      { "a.js": named("a", 14), "b.js": named("b", 14) },
      { "c.js": named("a", 14), "b.js": named("b", 14) },
      [],
    ],
    [
      "nor the same with other names",
      { "a.js": named("a", 14) },
      { "a.js": named("a", 14), "b.js": named("b", 14, "y") },
      [],
    ],
    ["nor one in tests", { "a.js": named("a", 14) }, { "a.js": named("a", 14), "a.test.js": named("b", 14) }, []],
    [
      "nor the same imports",
      {},
      Object.fromEntries(
        ["a.js", "b.js"].map((path) => [
          path,
          Array.from({ length: 30 }, (_, at) => `import { a${at}, b${at} } from "./c${at}.js";\n`).join(""),
        ]),
      ),
      [],
    ],
  ])("%s", async (_, base, head, expected) => {
    expect((await copies(base, head)).found).toEqual(expected);
  });

  test("by the lines that are really the same", async () => {
    const head = { "b.js": named("b", 20).replace("field12 =", "field12 +=") };
    const base = { "a.js": named("a", 20) };
    expect((await copies(base, { ...base, ...head })).found).toEqual(["quality/duplication b.js:2-13 = a.js:2-13"]);
    expect((await copies(base, { ...base, ...head }, 5)).found).toEqual([
      "quality/duplication b.js:2-13 = a.js:2-13",
      "quality/duplication b.js:15-22 = a.js:15-22",
    ]);
  });

  test("in numbers for both sides", async () => {
    const { share } = await copies(
      { "a.js": named("a", 14), "b.js": named("b", 14) },
      { "a.js": named("a", 14), "b.js": "let b;\n" },
    );
    expect(share[0]).toBeGreaterThan(10);
    expect(share[1]).toBe(0);
  });

  test("where there is no pull, with the lines of all that stands twice and of nothing else", async () => {
    const head = { "a.js": named("a", 14), "b.js": named("b", 14), "c.js": named("c", 30, "y") };
    const { found, share } = await copies(null, head);
    expect(found).toEqual(["quality/duplication a.js:2-16 = b.js:2-16"]);
    expect(share).toEqual([undefined, (await copies(null, { ...head, "c.js": "let c;\n" })).share[1]]);
    expect(share[1]).toBeGreaterThan(20);
  });
});

test("whatever 60 tokens two files share, they share a block of it", async () => {
  const grammar = await createGrammars().get("javascript");
  const kinds = createKinds("javascript");
  const blocksOf = (text: string) => {
    const tree = grammar.parse(text);
    const blocks = decodeBlocks(readBlocks(readFlatTree(tree.walk(), text, kinds)));
    tree.release();
    return new Set(blocks.map(({ hash }) => hash));
  };
  const word = fc.constantFrom("a", "b", "c", "d", "(e)", "f()", "1", "2");
  const statements = fc.array(word, { maxLength: 60 }).map((words) => words.map((each) => `${each};`).join("\n"));
  // Each statement has at least two tokens.
  const shared = fc
    .array(word, { minLength: 30, maxLength: 40 })
    .map((words) => words.map((each) => `${each};`).join(" "));
  fc.assert(
    fc.property(statements, statements, shared, (one, other, both) => {
      const [first, second] = [blocksOf(`${one}\n${both}`), blocksOf(`${both}\n${other}`)];
      expect([...first].filter((hash) => second.has(hash))).not.toEqual([]);
    }),
    { numRuns: 30 },
  );
});
