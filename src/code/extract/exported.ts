import type { SymbolKind } from "../facts.ts";
import type { FlatTree } from "../syntax/flat-tree.ts";

/**
 * Whether what a node declares can be used from elsewhere, as its language says it. In ECMAScript what is exported by a clause elsewhere in the
 * file counts as well, which `readExports` knows.
 */
export function isExported(tree: FlatTree, node: number, name: number, within: SymbolKind | undefined): boolean {
  const text = tree.textOf(name);
  switch (tree.kinds.language) {
    case "python":
      return !text.startsWith("_") || /^__\w+__$/.test(text);
    case "go":
      return /^\p{Lu}/u.test(text);
    case "rust":
      return tree.childOf(node, "visibility_modifier") !== -1 || tree.type(node) === "impl_item";
    case "java": {
      if (within === "interface") return true;
      const modifiers = tree.childOf(node, "modifiers");
      return modifiers !== -1 && /\b(?:public|protected)\b/.test(tree.textOf(modifiers));
    }
    case "typescript":
    case "tsx":
    case "javascript":
      return isExportedInEcma(tree, node, within);
  }
}

function isExportedInEcma(tree: FlatTree, node: number, within: SymbolKind | undefined): boolean {
  if (within === "class" || within === "interface" || within === "enum")
    return !/^(?:#|private\b|protected\b)/.test(tree.text.slice(tree.start(node), tree.start(node) + 20));
  const parent = tree.parent(node);
  const statement = tree.type(node) === "variable_declarator" ? tree.parent(parent) : parent;
  return tree.type(statement) === "export_statement";
}
