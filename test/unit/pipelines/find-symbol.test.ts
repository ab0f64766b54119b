import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { anyText } from "../any-text.ts";
import { findSymbol } from "../../../pipelines/plan/find-symbol.ts";
import { processorMs } from "../processor-time.ts";

/** The definition stands in the last line; what is above only mentions it. */
const definitions: Record<string, [symbol: string, ...lines: string[]]> = {
  "a function": ["addUp", 'import { addUp } from "x";', "addUp(1);", "export function addUp(items) {"],
  "an async generator": ["walk", "walk();", "export async function* walk() {"],
  "a constant": ["bulkFrom", "if (packs > bulkFrom) x();", "const bulkFrom = 10;"],
  "a class": ["Cart", "// a Cart", "new Cart();", "export default class Cart extends Base {"],
  "a type": ["Price", "let a: Price;", "export type Price = number;"],
  "an interface": ["Price", "a as Price;", "interface Price {"],
  "a method of JavaScript": ["addUp", "  return addUp(x);", "  addUp(items) {"],
  "a property": ["parse", "  this.parse(x);", "  parse: (text) => text,"],
  "an assignment": ["handler", "run(handler)", "exports.handler = async () => {};"],
  "Python's function": ["add_up", "from cart import add_up", "print(add_up(1))", "    def add_up(self, items):"],
  "Python's class": ["Cart", "# Cart", "class Cart(Base):"],
  "Go's function": ["AddUp", "x := AddUp(1)", "func AddUp(items []Item) int {"],
  "Go's method": ["AddUp", "c.AddUp(1)", "func (c *Cart) AddUp(items []Item) int {"],
  "Rust's function": ["add_up", "use crate::add_up;", "add_up(1);", "pub(crate) fn add_up<T>(items: T) -> u32 {"],
  "Rust's struct": ["Cart", "impl Display for Cart {", "pub struct Cart {"],
  "Java's method": ["addUp", "int x = cart.addUp(1);", "public static Map<String, Integer> addUp(List<Item> items) {"],
  "C's function": ["add_up", "int x = add_up(1);", "static int *add_up(const item *items)"],
  "Ruby's method": ["add_up", "add_up(1)", "  def self.add_up(items)"],
  "Kotlin's function": ["addUp", "addUp(1)", "private suspend fun addUp(items: List<Item>): Int {"],
  "a macro": ["MAX_PACKS", "int a[MAX_PACKS];", "#define MAX_PACKS 10"],
  "a key of YAML": ["retries", "# retries", "retries: 3"],
  "a name with a dollar": ["$price", "use($price);", "const $price = 1;"],
};

describe("the definition of a symbol", () => {
  test.each(Object.entries(definitions))("of the kind %s is found", (_, [symbol, ...lines]) => {
    expect(findSymbol(`${lines.join("\n")}\n`, symbol)).toBe(lines.length);
    expect(findSymbol([...lines, lines[0]].join("\r\n"), symbol)).toBe(lines.length);
  });

  test.each([
    "addUp",
    "addUp()",
    "addUp(items: Item[]): number",
    "`addUp`",
    "function addUp",
    "Cart.addUp",
    "Cart#addUp()",
  ])("is found however people write it: %s", (symbol) => {
    expect(findSymbol("// addUp\nfunction addUp() {}", symbol)).toBe(2);
  });

  test("is the one of the class that was named", () => {
    const text = "class Shop {\n  total() {\n  }\n}\nclass Cart {\n  total() {\n  }\n}\n";
    expect(findSymbol(text, "Cart.total")).toBe(6);
    expect(findSymbol(text, "Shop::total()")).toBe(2);
    expect(findSymbol("func (c *Cart) Total() int {", "(*Cart).Total")).toBe(1);
  });

  test("falls back to the first line that names it, and to a comment last of all", () => {
    expect(findSymbol("// total\nrun(total)\nrun(total)", "total")).toBe(2);
    expect(findSymbol("nothing\n// total", "total")).toBe(2);
  });

  test.each([
    ["only a part of a name", "subtotal totals total_ my$total", "total"],
    ["a name in other letters", "Total", "total"],
    ["not there", "function add() {}", "total"],
    ["no name at all", "a + b", "+"],
    ["nothing", "a", ""],
    ["only digits", "12", "12"],
  ])("that is %s is not found", (_, text, symbol) => {
    expect(findSymbol(text, symbol)).toBeNull();
  });

  test("is never found where the name is not, whatever the text and the name", () => {
    fc.assert(
      fc.property(anyText(80), anyText(20), (text, symbol) => {
        const line = findSymbol(text, symbol);
        if (line === null) return;
        const [shown] = text.split(/\r\n?|\n/).slice(line - 1);
        const names = symbol.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? [];
        expect(names.some((name) => shown?.includes(name))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("is looked for quickly in text made to be slow", () => {
    const began = process.cpuUsage();
    for (const part of ["x", "x ", "static ", "a.b ", "(", "x(", "<", "x\n", "public static x ", "* x "])
      findSymbol(part.repeat(200_000 / part.length), "x");
    expect(processorMs(began)).toBeLessThan(2_000);
  });
});
