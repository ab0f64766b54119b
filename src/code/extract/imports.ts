/** What a file takes from others. */
import type { ImportFact } from "../facts.ts";
import type { FlatTree } from "../syntax/flat-tree.ts";
import { readEcmaImport } from "./ecma-imports.ts";
import { readGoImport, readJavaImport, readPythonImport, readRustImport } from "./other-imports.ts";
import type { Language } from "../syntax/languages.ts";

/** Reads a node if it is an import; null when it is none. */
export type ReadImport = (tree: FlatTree, node: number) => readonly ImportFact[] | null;

const readers: Readonly<Record<Language, { readonly kinds: readonly string[]; readonly read: ReadImport }>> = (() => {
  const ecma = {
    kinds: ["import_statement", "export_statement", "call_expression"],
    read: readEcmaImport,
  };
  return {
    typescript: ecma,
    tsx: ecma,
    javascript: ecma,
    python: {
      kinds: ["import_statement", "import_from_statement", "future_import_statement"],
      read: readPythonImport,
    },
    go: { kinds: ["import_spec"], read: readGoImport },
    rust: { kinds: ["use_declaration", "mod_item", "extern_crate_declaration"], read: readRustImport },
    java: { kinds: ["import_declaration"], read: readJavaImport },
  };
})();

const mostImports = 5_000;

/** The imports of a file in order, the first 5,000, with the nodes that they are. */
export function readImports(tree: FlatTree): readonly { readonly node: number; readonly fact: ImportFact }[] {
  const { kinds, read } = readers[tree.kinds.language];
  const wanted: (boolean | undefined)[] = [];
  const found: { node: number; fact: ImportFact }[] = [];
  for (let node = 0; node < tree.size && found.length < mostImports; node++) {
    const id = tree.kind(node);
    if (!(wanted[id] ??= tree.isNamed(node) && kinds.includes(tree.type(node)))) continue;
    for (const fact of read(tree, node) ?? []) found.push({ node, fact });
  }
  return found;
}
