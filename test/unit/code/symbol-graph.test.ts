import { describe, expect, test } from "@jest/globals";
import { createAnalyseFile } from "../../../src/code/analyse-file.ts";
import type { FileFacts } from "../../../src/code/facts.ts";
import { buildFileGraph } from "../../../src/code/graph/file-graph.ts";
import { createResolver } from "../../../src/code/graph/resolve.ts";
import { createSymbolGraph, type SymbolGraph } from "../../../src/code/graph/symbol-graph.ts";
import { languageOf } from "../../../src/code/syntax/languages.ts";
import { createGrammars } from "../../../src/code/syntax/load-grammar.ts";

const analyse = createAnalyseFile(createGrammars());

async function symbolsOf(texts: Readonly<Record<string, string>>): Promise<SymbolGraph> {
  const files = new Map<string, FileFacts>();
  for (const [path, text] of Object.entries(texts)) {
    const language = languageOf(path);
    const analysis = language === null ? null : await analyse(language, Buffer.from(text));
    if (analysis?.end === "analysed") files.set(path, analysis.facts);
  }
  const manifest = (path: string) => (languageOf(path) === null ? texts[path] : undefined);
  const graph = buildFileGraph(files, createResolver({ paths: new Set(Object.keys(texts)), manifest }));
  return createSymbolGraph(graph, (paths) =>
    Promise.resolve(
      new Map(paths.flatMap((path) => (files.has(path) ? [[path, files.get(path) ?? never()] as const] : []))),
    ),
  );
}

function never(): never {
  throw new Error("not there");
}

const shop = {
  "src/cart.ts":
    "export function addUp(items) {\n  return items.length;\n}\nexport const twice = (items) => 2 * addUp(items);\nfunction unused() {}",
  "src/index.ts": 'export { addUp as sum } from "./cart.ts";\nexport * from "./order.ts";',
  "src/order.ts":
    'import { twice } from "./cart.ts";\nexport class Order {\n  total() {\n    return twice(this.items);\n  }\n}',
  "src/page.ts":
    'import * as shop from "./index.ts";\nexport function show() {\n  return shop.sum([]);\n}\nconst sum = 1;',
  "src/main.ts":
    'import { Order } from "./index.ts";\nconst order = new Order();\nexport function run() {\n  return order.total();\n}',
  "test/page.test.ts": 'import { show } from "../src/page.ts";\ntest("shows", () => {\n  show();\n});',
  "test/other.test.ts": 'import { unrelated } from "../src/none.ts";\nunrelated();',
};

const written = (uses: readonly { path: string; line?: number; within?: string | null; name?: string | null }[]) =>
  uses.map(({ path, line, within, name }) => `${path}${line === undefined ? "" : `:${line}`} ${within ?? name ?? "-"}`);

describe("the graph of symbols", () => {
  test("finds where a symbol is used, under each name that it is given and through files that pass it on", async () => {
    const graph = await symbolsOf(shop);
    expect(written(await graph.usages({ path: "src/cart.ts", name: "addUp" }))).toEqual([
      "src/cart.ts:4 twice",
      "src/page.ts:3 show",
    ]);
    expect(written(await graph.usages({ path: "src/order.ts", name: "Order.total" }))).toEqual(["src/main.ts:4 run"]);
    expect(await graph.usages({ path: "src/cart.ts", name: "unused" })).toEqual([]);
  });

  test("tells what a change can reach, and the tests among it", async () => {
    const graph = await symbolsOf(shop);
    const reached = await graph.reach([{ path: "src/cart.ts", name: "addUp" }]);
    expect(reached.map(({ path, name, steps }) => `${steps} ${path} ${name ?? "-"}`)).toEqual([
      "1 src/cart.ts twice",
      "1 src/page.ts show",
      "2 src/order.ts Order.total",
      "2 test/page.test.ts -",
      "3 src/main.ts run",
    ]);
    expect(await graph.tests([{ path: "src/cart.ts", name: "addUp" }])).toEqual([
      { path: "test/page.test.ts", steps: 2 },
    ]);
    expect(await graph.tests([{ path: "src/cart.ts", name: "unused" }])).toEqual([]);
  });

  test("ends where symbols use each other", async () => {
    const graph = await symbolsOf({
      "a.ts": 'import { b } from "./b.ts";\nexport function a() { b(); }',
      "b.ts": 'import { a } from "./a.ts";\nexport function b() { a(); }',
    });
    expect(written(await graph.reach([{ path: "a.ts", name: "a" }]))).toEqual(["b.ts b"]);
  });

  test.each<[string, Record<string, string>, { path: string; name: string }, string[]]>([
    [
      "python",
      {
        "m/a.py": "def f():\n  pass",
        "m/__init__.py": "from .a import f",
        "b.py": "import m.a as n\nfrom m import f as g\ndef h():\n  n.f()\n  g()",
      },
      { path: "m/a.py", name: "f" },
      ["b.py:4 h", "b.py:5 h"],
    ],
    [
      "go, of which a package needs no import",
      {
        "go.mod": "module x.org/y",
        "a/a.go": "package a\nfunc Add() {}\nfunc two() { Add() }",
        "a/b.go": "package a\nfunc Three() { Add() }",
        "main.go": 'package main\nimport "x.org/y/a"\nfunc main() { a.Add() }',
      },
      { path: "a/a.go", name: "Add" },
      ["a/a.go:3 two", "a/b.go:2 Three", "main.go:3 main"],
    ],
    [
      "rust",
      { "src/lib.rs": "mod cart;\nuse crate::cart::add;\nfn main() { add(); }", "src/cart.rs": "pub fn add() {}" },
      { path: "src/cart.rs", name: "add" },
      ["src/lib.rs:3 main"],
    ],
    [
      "java",
      {
        "p/A.java": "package p;\npublic class A { }",
        "q/B.java": "package q;\nimport p.A;\nclass B { A make() { return new A(); } }",
      },
      { path: "p/A.java", name: "A" },
      ["q/B.java:3 B.make"],
    ],
  ])("knows how names travel in %s", async (_, texts, symbol, uses) => {
    expect(written(await (await symbolsOf(texts)).usages(symbol))).toEqual(uses);
  });
});
