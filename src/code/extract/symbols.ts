/** What a file declares. */
import type { CodeSymbol, SymbolKind } from "../facts.ts";
import type { FlatTree } from "../syntax/flat-tree.ts";
import type { Language } from "../syntax/languages.ts";
import { isExported } from "./exported.ts";

/** The kinds of nodes that declare a symbol with a field `name`. What depends on where they stand is asked in {@link declared}. */
const ecma: Readonly<Record<string, SymbolKind>> = {
  function_declaration: "function",
  generator_function_declaration: "function",
  function_signature: "function",
  class_declaration: "class",
  abstract_class_declaration: "class",
  method_definition: "method",
  method_signature: "method",
  abstract_method_signature: "method",
  interface_declaration: "interface",
  type_alias_declaration: "type",
  enum_declaration: "enum",
  internal_module: "module",
  module: "module",
  variable_declarator: "constant",
  public_field_definition: "field",
  field_definition: "field",
  pair: "field",
};
const kinds: Readonly<Record<Language, Readonly<Record<string, SymbolKind>>>> = {
  typescript: ecma,
  tsx: ecma,
  javascript: ecma,
  python: { function_definition: "function", class_definition: "class", assignment: "constant" },
  go: {
    function_declaration: "function",
    method_declaration: "method",
    type_spec: "type",
    type_alias: "type",
    const_spec: "constant",
    var_spec: "constant",
    method_elem: "method",
  },
  rust: {
    function_item: "function",
    function_signature_item: "function",
    struct_item: "class",
    union_item: "class",
    enum_item: "enum",
    trait_item: "interface",
    impl_item: "class",
    mod_item: "module",
    type_item: "type",
    const_item: "constant",
    static_item: "constant",
    macro_definition: "function",
  },
  java: {
    class_declaration: "class",
    record_declaration: "class",
    interface_declaration: "interface",
    annotation_type_declaration: "interface",
    enum_declaration: "enum",
    method_declaration: "method",
    constructor_declaration: "method",
    field_declaration: "field",
  },
};

const containers = new Set<SymbolKind>(["class", "interface", "enum"]);
const functionValues = /^(?:arrow_function|function_expression|generator_function|lambda)$/;
const most = { signature: 200, name: 200, symbols: 20_000 };

/** A symbol with its node, for who reads on. */
export interface FoundSymbol {
  readonly symbol: CodeSymbol;
  readonly node: number;
}

export function isDeclaration(language: Language, type: string): boolean {
  return Object.hasOwn(kinds[language], type);
}

/** The symbols of a file in the order of the text, a symbol before what lies in it; the first 20,000. */
export function createSymbolReader(tree: FlatTree) {
  const table = kinds[tree.kinds.language];
  const found: FoundSymbol[] = [];
  /** Numbers of the symbols that the present node lies in, and where the innermost ends. */
  const open: number[] = [];
  let end = 0;
  const around = (node: number): number => {
    while (node >= end && open.length > 0) {
      open.pop();
      end = tree.next(found[open.at(-1) ?? -1]?.node ?? 0);
    }
    return open.at(-1) ?? -1;
  };
  return {
    found,
    /** The number of the symbol that a node lies in, or -1; nodes are asked for in their order. */
    around,
    /** @returns the node of its name, which is no use of it; -1 where nothing is declared */
    visit(node: number): number {
      const kind = table[tree.type(node)];
      if (kind === undefined || found.length >= most.symbols) return -1;
      const parent = around(node);
      const within = found[parent]?.symbol.kind;
      const declares = declared(tree, node, kind, within);
      if (declares === null) return -1;
      open.push(found.length);
      end = tree.next(node);
      found.push({
        node,
        symbol: {
          name: plainName(tree.textOf(declares.name)),
          kind: declares.kind,
          startLine: tree.lineAt(tree.start(node)),
          endLine: tree.lineAt(Math.max(tree.start(node), tree.end(node) - 1)),
          signature: signatureOf(tree, node),
          parent,
          exported: isExported(tree, node, declares.name, within),
        },
      });
      return declares.name;
    },
  };
}

function plainName(text: string): string {
  if (/^[\w$]+$/.test(text)) return text.slice(0, most.name);
  return text
    .replaceAll(/\s+/g, " ")
    .replace(/^["']|["']$/g, "")
    .slice(0, most.name);
}

/** What a node declares, if it declares anything at the place where it stands. */
function declared(
  tree: FlatTree,
  node: number,
  kind: SymbolKind,
  within: SymbolKind | undefined,
): { kind: SymbolKind; name: number } | null {
  const type = tree.type(node);
  switch (type) {
    case "variable_declarator":
    case "public_field_definition":
    case "field_definition":
    case "pair":
      return ecmaValue(tree, node, type);
    case "assignment":
      return pythonConstant(tree, node, within);
    case "impl_item":
      return named(tree.childIn(node, "type"), kind);
    case "mod_item":
      // Without a body it says where the module is, which is an import.
      return tree.childIn(node, "body") === -1 ? null : named(tree.childIn(node, "name"), kind);
    case "const_spec":
    case "var_spec":
      return tree.type(topOf(tree, node)) === "source_file" ? named(tree.childIn(node, "name"), kind) : null;
    case "type_spec":
      return named(tree.childIn(node, "name"), goType(tree.type(tree.childIn(node, "type"))));
    case "field_declaration":
      return named(tree.childIn(tree.childIn(node, "declarator"), "name"), kind);
    default: {
      const inside = kind === "function" && within !== undefined && containers.has(within);
      return named(tree.childIn(node, "name"), inside ? "method" : kind);
    }
  }
}

function named(name: number, kind: SymbolKind): { kind: SymbolKind; name: number } | null {
  return name === -1 ? null : { kind, name };
}

/** Functions and classes by any name; other values only at the top of the file or as fields of a class. */
function ecmaValue(tree: FlatTree, node: number, type: string) {
  const name = tree.childIn(node, type === "pair" ? "key" : type === "field_definition" ? "property" : "name");
  if (name === -1 || tree.type(name).endsWith("pattern")) return null;
  const value = tree.childIn(node, "value");
  const valueType = value === -1 ? "" : tree.type(value);
  const isField = type === "public_field_definition" || type === "field_definition";
  if (functionValues.test(valueType)) return { kind: isField ? ("method" as const) : ("function" as const), name };
  if (valueType === "class") return { kind: "class" as const, name };
  if (isField) return { kind: "field" as const, name };
  if (type === "pair") return null;
  const statement = tree.parent(node);
  const around = tree.type(tree.parent(statement));
  return around === "program" || around === "export_statement" ? { kind: "constant" as const, name } : null;
}

function pythonConstant(tree: FlatTree, node: number, within: SymbolKind | undefined) {
  const name = tree.childIn(node, "left");
  if (name === -1 || tree.type(name) !== "identifier") return null;
  const block = tree.parent(tree.parent(node));
  if (tree.type(block) === "module") return { kind: "constant" as const, name };
  return within === "class" && tree.type(tree.parent(block)) === "class_definition"
    ? { kind: "field" as const, name }
    : null;
}

function goType(type: string): SymbolKind {
  if (type === "struct_type") return "class";
  return type === "interface_type" ? "interface" : "type";
}

/** Above the declaration and its list. */
function topOf(tree: FlatTree, node: number): number {
  let at = tree.parent(node);
  while (/^(?:const|var)_(?:declaration|spec_list)$/.test(tree.type(at))) at = tree.parent(at);
  return at;
}

function signatureOf(tree: FlatTree, node: number): string {
  const body = bodyOf(tree, node);
  const end = body === -1 ? tree.end(node) : tree.start(body);
  const text = tree.text.slice(tree.start(node), Math.min(end, tree.start(node) + 1_000));
  const line = (/[\n\t\r]|  /.test(text) ? text.replaceAll(/\s+/g, " ") : text)
    .trimEnd()
    .replace(/ ?(?:=>|[{=:])$/, "");
  return line.length > most.signature ? `${line.slice(0, most.signature - 1).toWellFormed()}…` : line;
}

function bodyOf(tree: FlatTree, node: number): number {
  const body = tree.childIn(node, "body");
  if (body !== -1) return body;
  const value = tree.childIn(node, "value");
  return value === -1 ? -1 : Math.max(tree.childIn(value, "body"), -1);
}
