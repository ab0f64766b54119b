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

export function isImport(language: Language, type: string): boolean {
  return readers[language].kinds.includes(type);
}

/** The imports of a file in order, the first 5,000. */
export function createImportReader(tree: FlatTree) {
  const { read } = readers[tree.kinds.language];
  const imports: ImportFact[] = [];
  return {
    imports,
    /** @returns whether the node is nothing but an import: its names are not used there */
    visit(node: number): boolean {
      const facts = imports.length < mostImports ? (read(tree, node) ?? []) : [];
      imports.push(...facts);
      return facts.some(({ dynamic }) => !dynamic);
    },
    /** @param type the text of the node, a type that the tree has no inside of: `import("./a").B` */
    visitType(node: number, type: string): void {
      if (!type.includes("import(")) return;
      for (const found of type.matchAll(/\bimport\(\s*(["'])([^"'\n\\]{1,1000})\1/g)) {
        const line = tree.lineAt(tree.start(node) + found.index);
        const from = found[2] ?? "";
        if (imports.length < mostImports)
          imports.push({ from, names: [{ name: "*", as: "" }], line, typeOnly: true, dynamic: false });
      }
    },
  };
}
