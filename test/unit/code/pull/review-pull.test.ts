import { describe, expect, test } from "@jest/globals";
import { review, said, type Texts } from "./side-of.ts";

const danger = "export function run(input) {\n  return eval(input);\n}\n";
const deep = (name: string, levels: number) =>
  `function ${name}(a) {\n${"if (a) {\n".repeat(levels)}a();\n${"}\n".repeat(levels)}}\n`;

describe("a pull is told of what it adds", () => {
  test("not of what the base has in the same file", async () => {
    const found = await review({ "a.js": danger }, { "a.js": `${danger}export const other = (x) => eval(x + 1);\n` });
    expect(said(found.findings)).toEqual(["security/eval a.js:4"]);
    expect(found.known).toBe(1);
  });

  test.each<[string, Texts, Texts]>([
    ["moved within its file", { "a.js": danger }, { "a.js": `const one = 1;\n\n${danger}` }],
    ["re-indented", { "a.js": danger }, { "a.js": danger.replaceAll(/^/gm, "    ") }],
    ["in a file with a new name", { "a.js": danger }, { "lib/b.js": danger }],
    ["in a renamed function", { "a.js": danger }, { "a.js": danger.replace("run", "carryOut") }],
    [
      "moved to another file",
      { "a.js": danger, "b.js": "let b;\n" },
      { "a.js": "let a;\n", "b.js": `let b;\n${danger}` },
    ],
    [
      "now a method",
      { "a.js": danger },
      { "a.js": "export class A {\n  run(input) {\n    return eval(input);\n  }\n}\n" },
    ],
  ])("not of code that is %s", async (_, base, head) => {
    const found = await review(base, head);
    expect(said(found.findings)).toEqual([]);
    expect(found.resolved).toEqual([]);
  });

  test("of a second copy, which was not there", async () => {
    expect(said((await review({ "a.js": danger }, { "a.js": danger, "b.js": danger })).findings)).toEqual([
      "security/eval b.js:2",
    ]);
  });

  test("and of what it resolves", async () => {
    const found = await review({ "a.js": danger }, { "a.js": "export const run = JSON.parse;\n" });
    expect(said(found.resolved)).toEqual(["security/eval a.js:2"]);
    expect(found.findings).toEqual([]);
  });

  test("all of it, where there is no base", async () => {
    expect(said((await review(null, { "a.js": danger, "b.js": danger })).findings)).toEqual([
      "security/eval a.js:2",
      "security/eval b.js:2",
    ]);
  });

  test("the most severe first, and none of a rule that is off", async () => {
    const head = { "a.js": deep("b", 6), "z.js": danger };
    expect(said((await review({}, head)).findings)).toEqual([
      "security/eval z.js:2",
      "quality/cognitive a.js:1",
      "quality/nesting a.js:1",
    ]);
    const rules = { "security/*": "notice", "quality/*": "off", "quality/nesting": "error" } as const;
    const found = await review({}, head, { rules });
    expect(found.findings.map(({ rule, severity }) => `${rule} ${severity}`)).toEqual([
      "quality/nesting error",
      "security/eval notice",
    ]);
  });
});

describe("a fingerprint", () => {
  const printsOf = async (head: Texts) => (await review({}, head)).findings.map(({ fingerprint }) => fingerprint);

  test("stays when code moves, is indented otherwise, or its file gets another name", async () => {
    const [first] = await printsOf({ "a.js": danger });
    expect(await printsOf({ "b/c.js": `\n\n${danger.replaceAll(/^/gm, "\t")}` })).toEqual([first]);
  });

  test("is another one for each of equal findings", async () => {
    const twice = "export function run(a) {\n  eval(a);\n  eval(a);\n}\n";
    expect(new Set(await printsOf({ "a.js": twice })).size).toBe(2);
  });
});
