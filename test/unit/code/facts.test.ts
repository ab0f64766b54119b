import { describe, expect, test } from "@jest/globals";
import { createAnalyseFile } from "../../../src/code/analyse-file.ts";
import type { FileFacts } from "../../../src/code/facts.ts";
import { languageOf } from "../../../src/code/syntax/languages.ts";
import { createGrammars } from "../../../src/code/syntax/load-grammar.ts";

const analyse = createAnalyseFile(createGrammars());

async function factsOf(path: string, text: string): Promise<FileFacts> {
  const analysis = await analyse(languageOf(path) ?? "typescript", Buffer.from(text));
  if (analysis.end !== "analysed") throw new Error(analysis.reason);
  return analysis.facts;
}

/** The facts as lines that a person can check against the program. */
function told(facts: FileFacts): string[] {
  return [
    ...facts.symbols.map(
      (one) => `${one.kind} ${one.name}${one.exported ? "!" : ""} in ${one.parent}: ${one.signature}`,
    ),
    ...facts.imports.map(
      ({ from, names, typeOnly, dynamic }) =>
        `from ${from}: ${names.map(({ name, as }) => (name === as ? name : `${name} as ${as}`)).join(", ")}${typeOnly ? " (types)" : ""}${dynamic ? " (late)" : ""}`,
    ),
    ...facts.exports.map(
      ({ name, local, from = "", typeOnly }) => `gives ${name} = ${local} ${from}${typeOnly ? " (type)" : ""}`,
    ),
    `calls ${facts.calls.map(({ name, of, within }) => `${of}${of === "" ? "" : "."}${name}@${within}`).join(" ")}`,
    `uses ${facts.uses.map(([name]) => name).join(" ")}`,
    ...facts.comments.map(({ startLine, endLine, text }) => `${startLine}-${endLine} ${JSON.stringify(text)}`),
  ];
}

const programs: Readonly<Record<string, string>> = {
  "a.ts": `import def, { a as b, type C } from "./x.ts";
import type { T } from "./t.ts";
import * as ns from "node:fs";
import "./effect.ts";
import y = require("y");
// One
// two
export class A<T> extends B { #p = 1; private q; readonly r = () => this.q; static s(x: number): string { return ns.read(x); } }
export default function main() { const z = await import("./lazy.ts"); helper(new Map()); return b; }
const helper = (n: number) => n;
const { u } = process;
export const { v, w: { k } } = u;
export type X = string; export interface I { m(): void }
export { helper as h, type X as Y }; export * from "./all.ts"; export * as n2 from "./n2.ts"; export { default as d } from "./d.ts";
const TOP = 1; enum E { P }
/** doc
 * more */
declare module "foo" { export function inner(): void }
`,
  "a.js": `const fs = require("fs"); module.exports = main; exports.x = 1; function main() { const l = require("./late"); } const o = { f() {}, g: () => 1 };`,
  "a.py": `import os.path as p, sys
from .models import (A, B as C)
from x import *
if TYPE_CHECKING:
    from t import T
MAX = 3
class K(Base):
    field = 1
    def m(self, a): return self.n(a)
def _hidden(): 
    import late
    return K().m(1)
`,
  "a.go": `package a
import ( "fmt"; x "a/b/v2"; _ "eff" )
const Max, min = 1, 2
type S struct { F int }
type I interface { M(x int) error }
func (s *S) Run(x int) error { return fmt.Errorf("%d", x) }
func helper() { s := S{}; s.Run(1) }
`,
  "a.rs": `use std::{io::{self, Read as R}, fmt::*}; mod cart; pub struct S { a: u8 } impl S { pub fn new() -> Self { S::make(1) } fn x(&self) { self.a.b(); println!("x") } } pub trait T { fn t(&self); } const C: u8 = 1; mod inner { fn q() {} }`,
  "A.java": `package a; import a.b.C; import static a.D.e; import a.f.*; public class A extends B { private int x = 1; public A() { super(); } protected String m(int a) { return this.n(a).trim() + new C().z(); } interface I { void i(); } }`,
};

describe("the facts of a file", () => {
  test.each(Object.entries(programs))(
    "are its symbols, imports, exports, calls, uses and comments: %s",
    async (path, text) => {
      expect(told(await factsOf(path, text))).toMatchSnapshot();
    },
  );

  test("keep lines, 1-based, of what is used and where symbols begin and end", async () => {
    const facts = await factsOf("a.ts", "import { a } from 'b';\r\n\r\nfunction f() {\r\n  a();\r\n  a();\r\n}\r\n");
    expect(facts.lines).toBe(6);
    expect(facts.symbols[0]).toMatchObject({ startLine: 3, endLine: 6 });
    expect(facts.uses).toEqual([["a", [4, 5]]]);
    expect(facts.imports[0]).toMatchObject({ line: 1 });
  });

  test.each([
    'import "./a.ts";',
    "import a from 'a'",
    'import a, { b, c as d, } from "a";',
    'import a, * as b from "a";',
    'import * as a from "a";',
    'import {} from "a";',
    'import type from "a";',
    'import type, { a } from "a";',
    'import type a from "a";',
    'import type * as a from "a";',
    'import type { a, default as b } from "a";',
    'import { type a, type b as c } from "a";',
    'import { type a, b } from "a";',
    'import { type, a } from "a";',
    'import { type as a } from "a";',
    'import { type as as a } from "a";',
    'import {\n  a,\n  $b as _c,\n} from "a";',
    'import { é } from "a";',
    'import a from "a" with { type: "json" };',
    "import a from 'a\"b';",
    "import a from 'a\\x62';",
  ])("have an import by its words as by its tree, which a comment makes them walk: %s", async (text) => {
    const [plain, walked] = [await factsOf("a.ts", text), await factsOf("a.ts", text.replace(/(["'])/, "/**/$1"))];
    expect(plain.imports).toHaveLength(text.includes("\\") ? 0 : 1);
    expect(plain.imports).toEqual(walked.imports);
    expect(plain.uses).toEqual(walked.uses);
    expect(plain.symbols).toEqual(walked.symbols);
  });

  test("take names that JavaScript itself uses for what they are", async () => {
    const facts = await factsOf("a.js", "__proto__.constructor(toString, hasOwnProperty); function __proto__() {}");
    expect(facts.uses.map(([name]) => name)).toEqual(["__proto__", "constructor", "toString", "hasOwnProperty"]);
  });

  test.each([
    ["a byte order mark", "\uFEFFfunction f() {}\n"],
    ["broken code", "function f( { ]]] function g() {}"],
    ["thousands of nested blocks", `function f() { ${"{".repeat(3_000)}${"}".repeat(3_000)} }`],
    ["thousands of nested calls", `function f() { ${"g(".repeat(3_000)}${")".repeat(3_000)} }`],
  ])("are read of %s", async (_, text) => {
    expect((await factsOf("a.ts", text)).lines).toBe(1);
  });
});

describe("a file is left out", () => {
  const reasonOf = async (content: Uint8Array) => {
    const analysis = await analyse("javascript", content);
    return analysis.end === "left out" ? analysis.reason : "analysed";
  };

  test.each([
    ["it is binary", Buffer.from([0x7f, 0x45, 0, 1])],
    ["it is not UTF-8", Buffer.from([0x61, 0xff, 0xfe])],
    ["it has more than 1,000,000 bytes", Buffer.alloc(1_000_001, "a ")],
    ["its lines are those of a minified file", Buffer.from(`f(${"1,".repeat(15_000)}1)`)],
    ["it says that it is generated", Buffer.from("// Code generated by protoc. DO NOT EDIT.\nlet a;\n")],
  ])("with the reason: %s", async (reason, content) => {
    expect(await reasonOf(content)).toBe(`The file is not analysed: ${reason}.`);
  });

  test("but not for a text that speaks of generated files", async () => {
    expect(await reasonOf(Buffer.from('const header = "Code generated by us. DO NOT EDIT.";\n'))).toBe("analysed");
  });
});
