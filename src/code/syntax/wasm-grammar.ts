/** tree-sitter as wasm: needs no compiler and no particular C library. The fall-back where the add-on does not load. */
import { createRequire } from "node:module";
import type * as WebTreeSitter from "web-tree-sitter";
import {
  QueryProblem,
  type Capture,
  type Grammar,
  type Query,
  type QueryMatch,
  type QueryProblemKind,
  type SyntaxTree,
} from "./grammar.ts";
import { grammarPackages } from "./grammar-packages.ts";
import type { Language } from "./languages.ts";

let started: Promise<typeof WebTreeSitter> | undefined;

/** @throws when the grammar's file is missing or does not fit */
export async function loadWasmGrammar(language: Language): Promise<Grammar> {
  started ??= import("web-tree-sitter").then(async (module) => {
    await module.Parser.init();
    return module;
  });
  const { Parser, Language: WasmLanguage, Query: QueryClass } = await started;
  const grammar = await WasmLanguage.load(createRequire(import.meta.url).resolve(grammarPackages[language].wasm));
  const parser = new Parser();
  parser.setLanguage(grammar);
  return {
    language,
    binding: "wasm",
    parse(text) {
      const tree = parser.parse(text);
      if (tree === null) throw new Error("The parser gave no tree.");
      return asTree(tree);
    },
    query(source) {
      try {
        return new QueryClass(grammar, source) as unknown as Query;
      } catch (error) {
        const { kind, index } = error as { kind?: number; index?: number };
        throw new QueryProblem(problemKinds[kind ?? 0] ?? "predicate", index ?? 0);
      }
    },
  };
}

/** By the binding's numbers. */
const problemKinds: readonly (QueryProblemKind | undefined)[] = [
  undefined,
  "form",
  "node",
  "field",
  "capture",
  "structure",
];

function asTree(tree: WebTreeSitter.Tree): SyntaxTree {
  const cursors: { delete(): void }[] = [];
  const matches = (query: Query, range?: { readonly start: number; readonly end: number }, matchLimit?: number) => {
    // This binding counts nodes in UTF-16 units, but the range of a query in bytes.
    const place = range === undefined ? {} : { startIndex: range.start * 2, endIndex: range.end * 2 };
    return (query as unknown as WebTreeSitter.Query)
      .matches(tree.rootNode, { ...place, ...(matchLimit === undefined ? {} : { matchLimit }) })
      .map(({ patternIndex, captures }): QueryMatch => ({
        pattern: patternIndex,
        captures: captures.map(({ name, node }): Capture => ({
          name,
          type: node.type,
          start: node.startIndex,
          end: node.endIndex,
        })),
      }));
  };
  return {
    walk() {
      const cursor = tree.walk();
      cursors.push(cursor);
      return cursor;
    },
    matches: (query, range) => matches(query, range),
    matchesWithin: (query, range, mostInProgress) => ({
      matches: matches(query, range, mostInProgress),
      complete: !(query as unknown as WebTreeSitter.Query).didExceedMatchLimit(),
    }),
    release() {
      for (const cursor of cursors) cursor.delete();
      tree.delete();
    },
  };
}
