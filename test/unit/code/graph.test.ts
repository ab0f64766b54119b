import { describe, expect, test } from "@jest/globals";
import { createAnalyseFile } from "../../../src/code/analyse-file.ts";
import type { FileFacts } from "../../../src/code/facts.ts";
import {
  buildFileGraph,
  findCycles,
  findPath,
  findReach,
  findUnusedExports,
  type FileGraph,
} from "../../../src/code/graph/file-graph.ts";
import { isManifest } from "../../../src/code/graph/repository-files.ts";
import { createResolver } from "../../../src/code/graph/resolve.ts";
import { languageOf } from "../../../src/code/syntax/languages.ts";
import { createGrammars } from "../../../src/code/syntax/load-grammar.ts";

const analyse = createAnalyseFile(createGrammars());

async function graphOf(texts: Readonly<Record<string, string>>): Promise<FileGraph> {
  const files = new Map<string, FileFacts>();
  for (const [path, text] of Object.entries(texts)) {
    const language = languageOf(path);
    if (language === null) continue;
    const analysis = await analyse(language, Buffer.from(text));
    if (analysis.end === "analysed") files.set(path, analysis.facts);
  }
  const paths = new Set(Object.keys(texts));
  return buildFileGraph(
    files,
    createResolver({ paths, manifest: (path) => (isManifest(path) ? texts[path] : undefined) }),
  );
}

/** Every edge as `from → to`, what is another's as `from → (name)`, what is not there as `from → ?`. */
async function edgesOf(texts: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const graph = await graphOf(texts);
  return [
    ...graph.edges.map(({ from, to }) => `${from} → ${to}`),
    ...[...graph.externals].flatMap(([name, places]) => places.map(({ path }) => `${path} → (${name})`)),
    ...graph.unknown.map(({ path }) => `${path} → ?`),
  ].toSorted();
}

const imports = (...specifiers: string[]) => specifiers.map((each) => `import "${each}";`).join("\n");

describe("where an import leads", () => {
  test.each<[string, Record<string, string>, string[]]>([
    [
      "to a file beside it, by its name, without its ending, or by the name that it is built to",
      {
        "src/a.ts": imports("./b.ts", "./c", "./d.js", "../e", "./f"),
        "src/b.ts": "",
        "src/c.tsx": "",
        "src/d.ts": "",
        "e/index.js": "",
        "src/f/index.ts": "",
      },
      [
        "src/a.ts → e/index.js",
        "src/a.ts → src/b.ts",
        "src/a.ts → src/c.tsx",
        "src/a.ts → src/d.ts",
        "src/a.ts → src/f/index.ts",
      ],
    ],
    [
      "to Node, to a package, to nothing",
      { "a.js": imports("fs", "node:test", "@scope/x/y", "lodash/get", "./gone", "../../out") },
      ["a.js → (@scope/x)", "a.js → (lodash)", "a.js → (node:fs)", "a.js → (node:test)", "a.js → ?", "a.js → ?"],
    ],
    [
      "by the paths of the nearest tsconfig, with what it extends",
      {
        "tsconfig.json": '{ "extends": "./base.json", } // no tsconfig name, so not read',
        "app/tsconfig.json": '{ "extends": "./tsconfig.base.json" }',
        "app/tsconfig.base.json":
          '{ "compilerOptions": { /* ours */ "baseUrl": ".", "paths": { "@/*": ["src/*"], "config": ["src/config.ts"] } } }',
        "app/src/a.ts": imports("@/b", "config", "src/b", "@/gone"),
        "app/src/b.ts": "",
        "app/src/config.ts": "",
      },
      [
        "app/src/a.ts → ?",
        "app/src/a.ts → app/src/b.ts",
        "app/src/a.ts → app/src/b.ts",
        "app/src/a.ts → app/src/config.ts",
      ],
    ],
    [
      "by where it stands: the same words lead elsewhere from another folder, and below a config of its own",
      {
        "tsconfig.json": '{ "compilerOptions": { "paths": { "@/*": ["lib/*"] } } }',
        "lib/b.ts": "",
        "one/a.ts": imports("./b", "@/b"),
        "one/b.ts": "",
        "one/c.ts": imports("./b", "@/b"),
        "two/deep/a.ts": imports("./b", "@/b"),
        "two/deep/b.ts": "",
        "two/jsconfig.json": "{}",
      },
      [
        "one/a.ts → lib/b.ts",
        "one/a.ts → one/b.ts",
        "one/c.ts → lib/b.ts",
        "one/c.ts → one/b.ts",
        "two/deep/a.ts → ?",
        "two/deep/a.ts → two/deep/b.ts",
      ],
    ],
    [
      "to a package of the same repository, by its exports or its main file, as source",
      {
        "packages/one/package.json":
          '{ "name": "@us/one", "exports": { ".": { "import": "./dist/index.js" }, "./*": "./src/*.ts" } }',
        "packages/one/src/index.ts": "",
        "packages/one/src/deep.ts": "",
        "packages/two/package.json": '{ "name": "two", "main": "lib/main.js" }',
        "packages/two/src/main.ts": "",
        "a.ts": imports("@us/one", "@us/one/deep", "two", "three"),
      },
      [
        "a.ts → (three)",
        "a.ts → packages/one/src/deep.ts",
        "a.ts → packages/one/src/index.ts",
        "a.ts → packages/two/src/main.ts",
      ],
    ],
    [
      "by the imports of its own package",
      {
        "package.json": '{ "imports": { "#lib/*": "./lib/*.js" } }',
        "lib/x.js": "",
        "a.js": imports("#lib/x", "#gone"),
      },
      ["a.js → ?", "a.js → lib/x.js"],
    ],
    [
      "in Python: relative, from the top, from a folder of sources",
      {
        "src/shop/__init__.py": "",
        "src/shop/cart.py":
          "from . import models\nfrom .models import Item\nfrom shop.util import add\nimport os.path\nimport requests\nfrom .. import gone\n",
        "src/shop/models.py": "",
        "src/shop/util/__init__.py": "",
      },
      [
        "src/shop/cart.py → (os)",
        "src/shop/cart.py → (requests)",
        "src/shop/cart.py → ?",
        "src/shop/cart.py → src/shop/models.py",
        "src/shop/cart.py → src/shop/models.py",
        "src/shop/cart.py → src/shop/util/__init__.py",
      ],
    ],
    [
      "in Go: to every file of the package",
      {
        "go.mod": "module example.org/shop\n",
        "main.go": 'package main\nimport (\n"fmt"\n"example.org/shop/cart"\n"github.com/a/b/c"\n)\n',
        "cart/cart.go": "package cart\n",
        "cart/more.go": "package cart\n",
        "cart/cart_test.go": "package cart\n",
      },
      ["main.go → (fmt)", "main.go → (github.com/a/b)", "main.go → cart/cart.go", "main.go → cart/more.go"],
    ],
    [
      "in Rust: by the modules of the crate",
      {
        "src/main.rs": "mod cart; use crate::cart::items::Item; use std::io;\n",
        "src/cart.rs": "pub mod items; use super::main_thing; use self::items::Item;\n",
        "src/cart/items.rs": "use crate::cart;\n",
      },
      [
        "src/cart.rs → src/cart/items.rs",
        "src/cart.rs → src/cart/items.rs",
        "src/cart.rs → src/main.rs",
        "src/cart/items.rs → src/cart.rs",
        "src/main.rs → (std)",
        "src/main.rs → src/cart.rs",
        "src/main.rs → src/cart/items.rs",
      ],
    ],
    [
      "in Java: to the class, also by a member of it",
      {
        "src/main/java/a/Main.java":
          "package a; import a.b.Cart; import static a.b.Cart.add; import java.util.List; class Main {}",
        "src/main/java/a/b/Cart.java": "package a.b; public class Cart {}",
      },
      [
        "src/main/java/a/Main.java → (java.util)",
        "src/main/java/a/Main.java → src/main/java/a/b/Cart.java",
        "src/main/java/a/Main.java → src/main/java/a/b/Cart.java",
      ],
    ],
  ])("%s", async (_, texts, expected) => {
    expect(await edgesOf(texts)).toEqual(expected);
  });
});

describe("the graph of files", () => {
  test("tells circles, without types and without what is loaded late", async () => {
    const graph = await graphOf({
      "a.ts": 'import { b } from "./b";',
      "b.ts": 'import { c } from "./c";',
      "c.ts": 'import { a } from "./a";',
      "d.ts": 'import type { E } from "./e";',
      "e.ts": 'import { d } from "./d";',
      "f.ts": 'const g = () => import("./g");',
      "g.ts": 'import { f } from "./f";',
    });
    expect(findCycles(graph)).toEqual([["a.ts", "b.ts", "c.ts"]]);
    expect(findPath(graph, "a.ts", "c.ts")).toEqual(["a.ts", "b.ts", "c.ts"]);
    expect(findPath(graph, "a.ts", "e.ts")).toBeNull();
  });

  test("tells what a change can reach, and in how many steps", async () => {
    const graph = await graphOf({
      "src/low.ts": "",
      "src/mid.ts": 'import "./low";',
      "src/top.ts": 'import "./mid";',
      "test/mid.test.ts": 'import "../src/mid";',
      "src/other.ts": "",
    });
    expect(Object.fromEntries(findReach(graph, ["src/low.ts"]))).toEqual({
      "src/low.ts": 0,
      "src/mid.ts": 1,
      "src/top.ts": 2,
      "test/mid.test.ts": 2,
    });
  });

  test("tells exports that nobody takes, also through files that pass all on", async () => {
    const graph = await graphOf({
      "lib.ts": "export const used = 1; export const passed = 2; export const dead = 3; export default 4;",
      "all.ts": 'export * from "./lib";\nexport { dead as renamed } from "./lib";',
      "main.ts": 'import { used } from "./lib"; import { passed } from "./all";',
      "whole.ts": "export const inside = 1;",
      "taker.ts": 'import * as whole from "./whole";',
      "entry.ts": "export const api = 1;",
    });
    const unused = findUnusedExports(
      graph,
      [...graph.files.keys()].filter((path) => path !== "entry.ts"),
    );
    expect(unused.map(({ path, name }) => `${path} ${name}`)).toEqual(["lib.ts default", "all.ts renamed"]);
  });

  test("takes thousands of files in a row without running out of stack", async () => {
    const graph = await graphOf(
      Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`f${n}.ts`, `import "./f${(n + 1) % 300}";`])),
    );
    expect(findCycles(graph)[0]).toHaveLength(300);
  });
});
