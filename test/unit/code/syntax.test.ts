import { describe, expect, test } from "@jest/globals";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { createKinds, readFlatTree, withoutFields, type FlatTree } from "../../../src/code/syntax/flat-tree.ts";
import type { Binding, Cursor } from "../../../src/code/syntax/grammar.ts";
import { grammarPackages } from "../../../src/code/syntax/grammar-packages.ts";
import { languageOf, languages, type Language } from "../../../src/code/syntax/languages.ts";
import { createGrammars } from "../../../src/code/syntax/load-grammar.ts";

const bindings: readonly Binding[] = ["native", "wasm"];
const grammars = { native: createGrammars("native"), wasm: createGrammars("wasm") };

const programs: Readonly<Record<Language, string>> = {
  typescript: "export const é: number = call('ü', 1 + 2);\ntype A<T> = T[];\n",
  tsx: "export const App = () => <p class={name}>漢字</p>;\n",
  javascript: "class A { #b = /x/g; static c() { return `${this.#b}`; } }\n",
  python: "def f(a, *b):\n    return f'{a}' if b else None\n",
  go: 'package a\n\nfunc (s *S) F(x int) error { return fmt.Errorf("%d", x) }\n',
  rust: "impl A { fn f(&self) -> Option<u8> { Some(self.x?) } }\n",
  java: 'class A { @B int f(String s) { return s.equals("x") ? 1 : 2; } }\n',
};

/** With what has given trouble: hidden tokens at ends, comments behind the last token, words in odd places. */
const more: Readonly<Record<Language, string>> = {
  typescript:
    "export class A<T> extends B<T> { private x?: Map<string, T>; get y() { return this.x! as any } /* end */ }\nif (a) b\nelse c // last",
  tsx: "const a = <A b={1} {...c}>{d && <E.F />} text</A>\nfunction f({ a, b: c = 1 }: P = {}) { for (const x of a) x?.y() }",
  javascript:
    "label: for (;;) { if (a) continue label; else break }\nexport { a as b, default as c } from './d'\na = `x${b}y`",
  python:
    "class A(B):\n    @c\n    def f(self) -> int:\n        try:\n            x = f'{a:>{b}}'\n        except E as e:\n            pass\n# end\n",
  go: "package a\n\nfunc f(x int) {\n\tswitch x {\n\tcase 1:\n\t\tg()\n\tdefault:\n\t\th()\n\t}\n\tselect {\n\tcase <-c:\n\t}\n}\n",
  rust: "/// d\nfn f<T: A>(x: &T) -> R { match x { A::B(y) if y > 1 => { y }, _ => g!(1) } }\nuse a::{b, c};\n",
  java: "class A<T> extends B { A() { switch (x) { case 1: break; default: f(y -> y + 1); } for (int i : a) { } } }\n",
};

/** Every node as `kind@start-end(field)`, in order; what has no name without its place. */
function written(tree: FlatTree): string[] {
  return Array.from({ length: tree.size }, (_, node) =>
    [tree.type(node), tree.start(node), tree.end(node), tree.field(node), tree.parent(node), tree.next(node)].join(" "),
  );
}

/** To the next node that does not lie within this one. */
function goesOn(cursor: Cursor): boolean {
  while (!cursor.gotoNextSibling()) if (!cursor.gotoParent()) return false;
  return true;
}

async function read(binding: Binding, language: Language, text: string): Promise<string[]> {
  const grammar = await grammars[binding].get(language);
  expect(grammar.binding).toBe(binding);
  const tree = grammar.parse(text);
  try {
    return written(readFlatTree(tree.walk(), text, createKinds(language)));
  } finally {
    tree.release();
  }
}

describe("a syntax tree", () => {
  test.each(languages)("is the same by both bindings: %s", async (language) => {
    const [native, wasm] = await Promise.all(bindings.map((binding) => read(binding, language, programs[language])));
    expect(native).toEqual(wasm);
    expect(native?.join("\n")).not.toContain("ERROR");
  });

  test.each(languages)(
    "has the places and fields that its binding tells, also where a program is broken: %s",
    async (language) => {
      for (const text of [programs[language], more[language], more[language].slice(9)]) {
        const tree = (await grammars.native.get(language)).parse(text);
        const flat = readFlatTree(tree.walk(), text, createKinds(language));
        const [told, cursor] = [[] as string[], tree.walk()];
        for (let node = 0, isDone = false; !isDone;) {
          const place = flat.isNamed(node)
            ? `${cursor.startIndex} ${cursor.endIndex} ${cursor.currentFieldName ?? ""}`
            : "0 0 ";
          told.push(`${node} ${cursor.nodeType} ${place}`);
          // What lies in a type or a string is left out.
          const goesIn = !flat.isLeaf(node) && cursor.gotoFirstChild();
          node = goesIn ? node + 1 : flat.next(node);
          if (!goesIn) isDone = !goesOn(cursor);
        }
        const held = written(flat).flatMap((line, node) => {
          const [type, start, end, field] = line.split(" ");
          return told.some((each) => each.startsWith(`${node} `)) ? [`${node} ${type} ${start} ${end} ${field}`] : [];
        });
        expect(held).toEqual(told);
      }
    },
  );

  test("knows kinds without fields as the grammars do", () => {
    const files = Object.values(grammarPackages).map(({ name, member }) =>
      createRequire(import.meta.url).resolve(`${name}/${member === undefined ? "" : `${member}/`}src/node-types.json`),
    );
    const withFields = files.flatMap((file) =>
      (JSON.parse(readFileSync(file, "utf8")) as { type: string; fields?: object }[])
        .filter(({ type, fields }) => withoutFields.has(type) && Object.keys(fields ?? {}).length > 0)
        .map(({ type }) => `${file}: ${type}`),
    );
    expect(withFields).toEqual([]);
  });

  test("knows the children of a node, their fields and their lines", async () => {
    const text = "// é\nfunction add(a, b) {\n  return a + b;\n}\n";
    const tree = (await grammars.native.get("javascript")).parse(text);
    const flat = readFlatTree(tree.walk(), text, createKinds("javascript"));
    const [, made] = [...flat.children(0)];
    expect([...flat.children(0)].map((node) => flat.type(node))).toEqual(["comment", "function_declaration"]);
    expect(flat.textOf(flat.childIn(made ?? 0, "name"))).toBe("add");
    expect(flat.textOf(flat.childOf(made ?? 0, "formal_parameters"))).toBe("(a, b)");
    expect([flat.lineAt(flat.start(made ?? 0)), flat.lineAt(flat.end(made ?? 0) - 1), flat.lineCount]).toEqual([
      2, 4, 4,
    ]);
    expect([flat.childIn(made ?? 0, "nothing"), flat.childOf(made ?? 0, "nothing")]).toEqual([-1, -1]);
  });

  test.each(bindings)("is searched by queries, also within a range of the text: %s", async (binding) => {
    const text = "const é = eval('x');\nfoo(1);\nconst b = eval(y);\n";
    const grammar = await grammars[binding].get("typescript");
    const query = grammar.query('(call_expression function: (identifier) @name (#eq? @name "eval")) @call');
    const tree = grammar.parse(text);
    const at = text.indexOf("eval(y)");
    const starts = (range?: { start: number; end: number }) =>
      tree.matches(query, range).map(({ captures }) => captures.find(({ name }) => name === "call")?.start);
    expect(starts()).toEqual([10, at]);
    expect(starts({ start: at, end: at + 4 })).toEqual([at]);
    // A range that begins behind the first call, though less than twice as far.
    expect(starts({ start: 20, end: 30 })).toEqual([]);
    tree.release();
  });

  test.each(bindings)("is searched by queries that list names, each by its own list: %s", async (binding) => {
    const grammar = await grammars[binding].get("javascript");
    const [query, other] = ['"a" "b"', '"c"'].map((names) =>
      grammar.query(
        `((identifier) @name (#set! x "y") (#any-of? @name ${names})) ((number) @name (#not-any-of? @name "1"))`,
      ),
    );
    const tree = grammar.parse("a; b; c; 1; 2;");
    const starts = (one: typeof query) =>
      one === undefined ? [] : tree.matches(one).map(({ captures: [name] }) => name?.start);
    expect([starts(query), starts(other)]).toEqual([
      [0, 3, 12],
      [6, 12],
    ]);
    tree.release();
  });

  test.each(bindings)("is read of broken, empty and deep texts as well: %s", async (binding) => {
    expect(await read(binding, "typescript", "")).toHaveLength(1);
    expect((await read(binding, "typescript", "const = ;;; }{")).join("\n")).toContain("ERROR");
    expect((await read(binding, "javascript", "[".repeat(3_000) + "]".repeat(3_000))).length).toBeGreaterThan(6_000);
    expect((await read(binding, "javascript", `x = ${JSON.stringify("y".repeat(40_000))}`)).length).toBeGreaterThan(3);
  });
});

describe("the language of a file", () => {
  test.each([
    ["src/a.ts", "typescript"],
    ["a.d.mts", "typescript"],
    ["App.tsx", "tsx"],
    ["a.JSX", "javascript"],
    ["x/y.pyi", "python"],
    ["a.go", "go"],
    ["a.rs", "rust"],
    ["A.java", "java"],
    ["README.md", null],
    ["Makefile", null],
    ["bin/ts", null],
    ["old.ts/notes", null],
    ["a.constructor", null],
  ])("%s: %s", (path, language) => {
    expect(languageOf(path)).toBe(language);
  });
});
