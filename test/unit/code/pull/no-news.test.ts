import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { review, said, type Texts } from "./side-of.ts";

const levels = (head: string, count: number) => `${`${head} {\n`.repeat(count)}act();\n${"}\n".repeat(count)}`;
/** Parts of files, each with something to find. */
const parts: readonly string[] = [
  "export function run(input) {\n  return eval(input);\n}\n",
  "export function twice(input) {\n  eval(input);\n  return eval(input);\n}\n",
  `export function deep(a) {\n${levels("if (a)", 6)}}\n`,
  `export class Cart {\n  add(a) {\n${levels("while (a.b)", 5)}}\n}\n`,
  "export const many = (a, b, c, d, e, f, g, h, i) => a;\n",
  `export function table() {\n${Array.from({ length: 14 }, (_, at) => `  row.a${at} = cell(${at}, "x");\n`).join("")}}\n`,
  `export function again() {\n${Array.from({ length: 14 }, (_, at) => `  row.a${at} = cell(${at}, "x");\n`).join("")}}\n`,
  "// codegen:ignore security/eval -- ours\nexport const own = (x) => eval(x + 1);\n",
];
const imports = (path: string, other: string) =>
  `import * as other from "${path.includes("/") ? "../" : "./"}${other}";\n`;

interface Change {
  readonly order: readonly string[];
  /** How many of the parts lie in the first file. */
  readonly split: number;
  readonly names: readonly [string, string];
  readonly indent: string;
  readonly between: string;
}
const same = {
  order: fc.constant(parts),
  split: fc.constant(4),
  names: fc.constant<Change["names"]>(["one.js", "two.js"]),
};
const looks = {
  indent: fc.constantFrom("", "\t", "      "),
  between: fc.constantFrom("", "\n\n", "// so\n", "let gap;\n\n"),
};
const moved: fc.Arbitrary<Change> = fc.record({
  ...same,
  ...looks,
  order: fc.shuffledSubarray([...parts], { minLength: parts.length, maxLength: parts.length }),
  split: fc.integer({ min: 1, max: parts.length - 1 }),
});
const renamed: fc.Arbitrary<Change> = fc.record({
  ...same,
  ...looks,
  names: fc.constantFrom<Change["names"]>(["one.js", "lib/two.js"], ["lib/one.js", "lib/two.js"], ["two.js", "one.js"]),
});

function filesOf({ order, names: [first, second], split, indent, between }: Change): Texts {
  const file = (path: string, own: readonly string[], other: string) =>
    `${imports(path, other)}${own.map((part) => part.replaceAll(/^(?=.)/gm, indent)).join(between)}`;
  return { [first]: file(first, order.slice(0, split), second), [second]: file(second, order.slice(split), first) };
}

test("code that was only moved, indented otherwise, or whose files got other names has nothing new", async () => {
  const before: Change = { order: parts, names: ["one.js", "two.js"], split: 4, indent: "", between: "\n" };
  const base = filesOf(before);
  const all = await review(null, base);
  expect(all.findings.length).toBeGreaterThan(8);
  await fc.assert(
    fc.asyncProperty(fc.oneof(moved, renamed), async (after) => {
      const { findings, resolved } = await review(base, filesOf(after));
      expect(said(findings)).toEqual([]);
      expect(said(resolved)).toEqual([]);
    }),
    { numRuns: 20 },
  );
});
