import { expect, test } from "@jest/globals";
import type { CodeSymbol, SymbolKind } from "../../../src/code/facts.ts";
import type { Located } from "../../../src/code/locate/locate.ts";
import { repoMap } from "../../../src/code/locate/repo-map.ts";

function symbol(name: string, kind: SymbolKind, startLine: number, parent = -1): CodeSymbol {
  return { name, kind, startLine, endLine: startLine + 3, signature: `${kind} ${name}`, parent, exported: false };
}

const cart = [
  symbol("Cart", "class", 1),
  symbol("add", "method", 3, 0),
  symbol("inner", "function", 4, 1),
  symbol("total", "method", 9, 0),
];
const files: Record<string, readonly CodeSymbol[]> = {
  "src/cart.ts": cart,
  "src/page.ts": [symbol("page", "function", 2)],
};
const located = (path: string, symbols: readonly CodeSymbol[] = []): Located => ({
  path,
  score: 1,
  reasons: ["speaks of cart", "named in the text", "a third reason"],
  symbols: symbols.map((each) => ({ symbol: each, reason: "named" })),
});
const found = [located("src/cart.ts", cart.slice(2, 3)), located("src/page.ts")];
const map = (tokens: number, tests: readonly string[] = []) =>
  repoMap(found, (path) => files[path] ?? [], tokens, tests);

test("a map has the files, the best first, with what is looked for and what else they are made of", () => {
  expect(map(1_000)).toMatchInlineSnapshot(`
   "src/cart.ts — speaks of cart — named in the text
     1: class Cart
       3: method add
         4: function inner
       9: method total
   src/page.ts — speaks of cart — named in the text
     2: function page"
  `);
});

test("a map ends with the tests that reach what is looked for", () => {
  expect(map(1_000, ["test/cart.test.ts", "test/page.test.ts"]).split("\n").at(-1)).toBe(
    "Tests that reach these: test/cart.test.ts, test/page.test.ts",
  );
  for (const tokens of [5, 10, 40]) expect(map(tokens, ["test/cart.test.ts"]).length).toBeLessThanOrEqual(tokens * 3.5);
});

test("a small map has every file before it has everything of one", () => {
  expect(map(45)).toMatchInlineSnapshot(`
   "src/cart.ts — speaks of cart — named in the text
     1: class Cart
       3: method add
         4: function inner
   src/page.ts — speaks of cart — named in the text"
  `);
  for (const tokens of [0, 1, 10, 20, 45, 60]) expect(map(tokens).length).toBeLessThanOrEqual(tokens * 3.5);
});
