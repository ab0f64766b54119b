import type { ImportFact } from "../facts.ts";
import type { FlatTree } from "../syntax/flat-tree.ts";
import { readPlainImport } from "../syntax/plain-import.ts";

type Name = ImportFact["names"][number];

/** `import`, `export … from`, `import()`, `require()` and `import x = require()`. */
export function readEcmaImport(tree: FlatTree, node: number): readonly ImportFact[] | null {
  switch (tree.type(node)) {
    case "import_statement":
      return importStatement(tree, node);
    case "export_statement":
      return passedOn(tree, node);
    default:
      return loading(tree, node);
  }
}

/** The content of a literal string without escapes; null for anything else. */
export function stringOf(tree: FlatTree, node: number): string | null {
  if (node === -1 || tree.type(node) !== "string") return null;
  const text = tree.textOf(node);
  return /^(["']).*\1$/s.test(text) && !text.includes("\\") && text.length <= 1_002 ? text.slice(1, -1) : null;
}

function importStatement(tree: FlatTree, node: number): readonly ImportFact[] | null {
  if (tree.isLeaf(node)) {
    const { from, names, ofTypes } = readPlainImport(tree.textOf(node));
    return [ofNames(tree, node, from, names, ofTypes)];
  }
  const required = tree.childOf(node, "import_require_clause");
  const from = stringOf(tree, tree.childIn(required === -1 ? node : required, "source"));
  if (from === null) return null;
  const clause = tree.childOf(node, "import_clause");
  const names = required === -1 ? clauseNames(tree, clause) : requireNames(tree, required);
  const typeOnly = /^import\s+type\b(?!\s*(?:,|from\b))/.test(tree.text.slice(tree.start(node), tree.start(node) + 60));
  return [ofNames(tree, node, from, names, typeOnly)];
}

function ofNames(
  tree: FlatTree,
  node: number,
  from: string,
  names: readonly (Name & { readonly type: boolean })[],
  ofTypes: boolean,
): ImportFact {
  const typeOnly = ofTypes || (names.length > 0 && names.every(({ type }) => type));
  return fact(tree, node, { from, names: names.map(({ name, as }) => ({ name, as })), typeOnly });
}

function clauseNames(tree: FlatTree, clause: number): (Name & { type: boolean })[] {
  if (clause === -1) return [];
  return [...tree.children(clause)].flatMap((child) => {
    switch (tree.type(child)) {
      case "identifier":
        return [{ name: "default", as: tree.textOf(child), type: false }];
      case "namespace_import":
        return [{ name: "*", as: tree.textOf(tree.childOf(child, "identifier")), type: false }];
      case "named_imports":
        return [...tree.children(child)]
          .filter((each) => tree.type(each) === "import_specifier")
          .map((each) => ({
            ...specifier(tree, each),
            type: /^type\s+[\w$"']/.test(tree.textOf(each)) && !/^type\s+as\s+\w+$/.test(tree.textOf(each)),
          }));
      default:
        return [];
    }
  });
}

function requireNames(tree: FlatTree, clause: number): (Name & { type: boolean })[] {
  const name = tree.childOf(clause, "identifier");
  return [{ name: "*", as: name === -1 ? "" : tree.textOf(name), type: false }];
}

/** `a`, `a as b`; what is exported may have a string for a name. */
export function specifier(tree: FlatTree, node: number): Name {
  const plain = (at: number) => tree.textOf(at).replace(/^["']|["']$/g, "");
  const name = tree.childIn(node, "name");
  const alias = tree.childIn(node, "alias");
  return { name: plain(name), as: plain(alias === -1 ? name : alias) };
}

function passedOn(tree: FlatTree, node: number): readonly ImportFact[] | null {
  const from = stringOf(tree, tree.childIn(node, "source"));
  if (from === null) return null;
  const clause = tree.childOf(node, "export_clause");
  const names =
    clause === -1
      ? [{ name: "*", as: "" }]
      : [...tree.children(clause)]
          .filter((each) => tree.type(each) === "export_specifier")
          .map((each) => ({ name: specifier(tree, each).name, as: "" }));
  return [fact(tree, node, { from, names, typeOnly: /^export\s+type\b/.test(tree.textOf(node).slice(0, 60)) })];
}

function loading(tree: FlatTree, node: number): readonly ImportFact[] | null {
  const callee = tree.childIn(node, "function");
  if (callee === -1) return null;
  const isImport = tree.type(callee) === "import";
  if (!isImport && !(tree.type(callee) === "identifier" && tree.textOf(callee) === "require")) return null;
  const given = tree.childIn(node, "arguments");
  const from = given === -1 ? null : stringOf(tree, tree.childOf(given, "string"));
  if (from === null) return null;
  return [
    {
      ...fact(tree, node, { from, names: [{ name: "*", as: "" }], typeOnly: false }),
      dynamic: isImport || isInside(tree, node),
    },
  ];
}

/** In a function, and so loaded when it is called. */
function isInside(tree: FlatTree, node: number): boolean {
  for (let at = tree.parent(node); at !== 0; at = tree.parent(at))
    if (/function|method_definition/.test(tree.type(at))) return true;
  return false;
}

function fact(tree: FlatTree, node: number, said: Pick<ImportFact, "from" | "names" | "typeOnly">): ImportFact {
  return { ...said, line: tree.lineAt(tree.start(node)), dynamic: false };
}
