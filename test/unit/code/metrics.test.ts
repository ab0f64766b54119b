import { describe, expect, test } from "@jest/globals";
import type { FunctionMetrics } from "../../../src/code/metrics/function-metrics.ts";
import { readFacts } from "../../../src/code/read-facts.ts";
import { createKinds, readFlatTree } from "../../../src/code/syntax/flat-tree.ts";
import type { Language } from "../../../src/code/syntax/languages.ts";
import { createGrammars } from "../../../src/code/syntax/load-grammar.ts";

const grammars = createGrammars();

async function metricsOf(language: Language, text: string): Promise<readonly FunctionMetrics[]> {
  const tree = (await grammars.get(language)).parse(text);
  return readFacts(readFlatTree(tree.walk(), text, createKinds(language))).functions;
}

/** `cyclomatic/cognitive/nesting` of the first function. */
async function complexity(language: Language, text: string): Promise<string | undefined> {
  const [first] = await metricsOf(language, text);
  return first && `${first.cyclomatic}/${first.cognitive}/${first.nesting}`;
}

describe("the complexities of a function", () => {
  test.each<[string, Language, string, string]>([
    ["nothing to decide", "typescript", "function f(): void { g(); }", "1/0/0"],
    ["a branch", "typescript", "function f() { if (a) b(); }", "2/1/1"],
    ["a branch in a loop", "typescript", "function f() { for (const a of b) { if (a) c(); } }", "3/3/2"],
    ["else", "typescript", "function f() { if (a) b(); else c(); }", "2/2/1"],
    ["else if", "typescript", "function f() { if (a) b(); else if (c) d(); else e(); }", "3/3/1"],
    ["what lies in an else", "typescript", "function f() { if (a) b(); else { if (c) d(); } }", "3/4/2"],
    ["a chain of and", "typescript", "function f() { return a && b && (c && d); }", "4/1/0"],
    ["or, which reads easily", "typescript", "function f() { return a || b || c ?? d; }", "4/0/0"],
    ["mixed operators", "typescript", "function f() { return a && b || c && d; }", "4/2/0"],
    ["not, which begins anew", "typescript", "function f() { return a && !(b && c); }", "3/2/0"],
    ["a choice in a choice", "typescript", "const f = () => (a ? (b ? 1 : 2) : 3);", "3/3/2"],
    ["a switch", "typescript", "function f() { switch (a) { case 1: if (b) c(); break; default: } }", "3/3/2"],
    ["a catch", "typescript", "function f() { try { a(); } catch { if (b) c(); } finally { d(); } }", "2/3/2"],
    ["a jump to a label", "javascript", "function f() { x: while (a) { while (b) { continue x; } } }", "3/4/2"],
    ["a jump without one", "javascript", "function f() { while (a) { break; } }", "2/1/1"],
    ["an element under a condition", "tsx", "const F = () => <p>{a && b && <i/>}</p>;", "3/0/0"],
    [
      "Python",
      "python",
      "def f():\n  if a and b or c:\n    pass\n  elif d:\n    for x in y:\n      pass\n  else:\n    pass\n",
      "6/7/2",
    ],
    [
      "Python's else of a try",
      "python",
      "def f():\n  try:\n    a()\n  except B:\n    if c: pass\n  else:\n    d()\n",
      "3/3/2",
    ],
    ["Go", "go", "package a\nfunc f() { if a { } else if b { } else { for { if c && d || e { } } } }", "7/10/3"],
    ["Rust", "rust", "fn f() { if a { } else if b { } else { } match c { 1 => { if d {} } _ => () } }", "6/6/2"],
    ["Java", "java", "class A { int f() { if (a) return 1; else if (b || c) return 2; else return 3; } }", "4/4/1"],
  ])("%s (%s)", async (_, language, text, expected) => {
    expect(await complexity(language, text)).toBe(expected);
  });

  test("are those of the function alone, and each has its own", async () => {
    const text = "function outer() { if (a) { list.map((x) => (x ? 1 : 2)); } }\nclass A { m() { while (a) b(); } }";
    const found = await metricsOf("typescript", text);
    expect(found.map(({ name, cyclomatic, cognitive }) => [name, cyclomatic, cognitive])).toEqual([
      ["outer", 2, 1],
      ["anonymous function", 2, 1],
      ["m", 2, 1],
    ]);
  });

  test("are not told of a function with broken code, while its neighbours are", async () => {
    const found = await metricsOf("typescript", "function a() { if (x y z }\n}\nfunction b() { if (c) d(); }");
    expect(found.map(({ name }) => name)).not.toContain("a");
    expect(found.find(({ name }) => name === "b")).toMatchObject({ cyclomatic: 2, cognitive: 1 });
  });
});

describe("a function's other measures", () => {
  test.each<[Language, string, string, number]>([
    ["typescript", "const add = (a: number, b = 1, ...c: T[]) => a;", "add", 3],
    ["javascript", "const o = { twice: x => x };", "twice", 1],
    ["python", "class A:\n  def m(self, a, *b, **c): pass\n", "m", 3],
    ["go", "package a\nfunc (s *S) Run(a, b int, c string) {}", "Run", 3],
    ["rust", "impl A { fn run(&self, a: u8) {} }", "run", 1],
    ["java", "class A { A(int a, int b) {} }", "A", 2],
  ])("are its name and its parameters (%s)", async (language, text, name, parameters) => {
    expect(await metricsOf(language, text)).toContainEqual(expect.objectContaining({ name, parameters }));
  });

  test("are its lines, and how well it can be maintained", async () => {
    const short = "function f(a) {\n  return a;\n}\n";
    const long = `function g(a) {\n${"  if (a.b && c(a)) d(a, 'x' + a.e);\n".repeat(80)}}\n`;
    const [one, other] = await metricsOf("javascript", short + long);
    expect([one?.startLine, one?.endLine, other?.startLine, other?.endLine]).toEqual([1, 3, 4, 85]);
    expect(one?.maintainability).toBeGreaterThan(75);
    expect(other?.maintainability).toBeLessThan(30);
  });
});
