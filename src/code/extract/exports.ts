/** What a file gives to others by name: ECMAScript's exports; in other languages what its top declares for all to see. */
import type { ExportFact } from "../facts.ts";
import type { FlatTree } from "../syntax/flat-tree.ts";
import type { Language } from "../syntax/languages.ts";
import { specifier, stringOf } from "./ecma-imports.ts";
import type { FoundSymbol } from "./symbols.ts";

const mostExports = 5_000;
const ecma: readonly Language[] = ["typescript", "tsx", "javascript"];

export function isExport(language: Language, type: string): boolean {
  return ecma.includes(language) && (type === "export_statement" || type === "assignment_expression");
}

export function createExportReader(tree: FlatTree) {
  const found: ExportFact[] = [];
  return {
    visit(node: number): void {
      if (found.length >= mostExports) return;
      if (tree.type(node) === "export_statement") found.push(...statement(tree, node));
      // `module` or `exports`
      else if (/^[em]/.test(tree.text[tree.start(node)] ?? "")) found.push(...commonJs(tree, node));
    },
    /** With what the symbols say by themselves. */
    exports(symbols: readonly FoundSymbol[]): readonly ExportFact[] {
      const declared = declaredBy(tree, symbols);
      if (!ecma.includes(tree.kinds.language)) return declared.slice(0, mostExports);
      return [...declared, ...found].toSorted((one, other) => one.line - other.line);
    },
  };
}

function declaredBy(tree: FlatTree, symbols: readonly FoundSymbol[]): readonly ExportFact[] {
  const isEcma = ecma.includes(tree.kinds.language);
  return (
    symbols
      // What `impl` adds to was declared elsewhere.
      .filter(({ symbol, node }) => symbol.exported && symbol.parent === -1 && tree.type(node) !== "impl_item")
      .map(({ symbol, node }): ExportFact => {
        const { name, startLine: line, kind } = symbol;
        const isDefault =
          isEcma && /^export\s+default\b/.test(tree.text.slice(tree.start(tree.parent(node)), tree.start(node)));
        return {
          name: isDefault ? "default" : name,
          local: name,
          line,
          typeOnly: kind === "interface" || kind === "type",
        };
      })
  );
}

/** What `export …` gives besides a declaration with a name. */
function statement(tree: FlatTree, node: number): readonly ExportFact[] {
  const line = tree.lineAt(tree.start(node));
  const typeOnly = /^export\s+type\b/.test(tree.text.slice(tree.start(node), tree.start(node) + 40));
  const from = stringOf(tree, tree.childIn(node, "source"));
  const more = { line, typeOnly, ...(from === null ? {} : { from }) };
  const clause = tree.childOf(node, "export_clause");
  if (clause !== -1)
    return [...tree.children(clause)]
      .filter((each) => tree.type(each) === "export_specifier")
      .map((each) => specifier(tree, each))
      .map(({ name, as }) => ({ name: as, local: name, ...more }));
  if (from !== null) {
    const namespace = tree.childOf(node, "namespace_export");
    const name = namespace === -1 ? "*" : (/(\S+)$/.exec(tree.textOf(namespace))?.[1] ?? "*");
    return [{ name, local: "*", ...more }];
  }
  const declaration = tree.childIn(node, "declaration");
  const text = tree.text.slice(tree.start(node), tree.start(node) + 40);
  if (/^export\s+default\b/.test(text) && (declaration === -1 || tree.childIn(declaration, "name") === -1)) {
    const value = tree.childIn(node, "value");
    const local = value !== -1 && tree.type(value) === "identifier" ? tree.textOf(value) : "";
    return [{ name: "default", local, line, typeOnly: false }];
  }
  return patterns(tree, declaration, line);
}

/** `export const { a, b: c } = …` */
function patterns(tree: FlatTree, declaration: number, line: number): readonly ExportFact[] {
  if (declaration === -1) return [];
  return [...tree.children(declaration)].flatMap((child) => {
    const name = tree.type(child) === "variable_declarator" ? tree.childIn(child, "name") : -1;
    if (name === -1 || !tree.type(name).endsWith("pattern")) return [];
    const names: string[] = [];
    for (let node = name + 1; node < tree.next(name); node++)
      if (/^(?:shorthand_property_identifier_pattern|identifier)$/.test(tree.type(node))) names.push(tree.textOf(node));
    return names.map((each) => ({ name: each, local: each, line, typeOnly: false }));
  });
}

/** `module.exports = a`, `module.exports.b = …`, `exports.b = …` */
function commonJs(tree: FlatTree, node: number): readonly ExportFact[] {
  const left = tree.childIn(node, "left");
  const text = left === -1 ? "" : tree.text.slice(tree.start(left), Math.min(tree.end(left), tree.start(left) + 200));
  const [, name] = /^(?:module\.)?exports(?:\.([\w$]+))?$/.exec(text) ?? [];
  if (text !== "module.exports" && name === undefined) return [];
  const right = tree.childIn(node, "right");
  const local = right !== -1 && tree.type(right) === "identifier" ? tree.textOf(right) : "";
  return [{ name: name ?? "default", local, line: tree.lineAt(tree.start(node)), typeOnly: false }];
}
