import { readBlocks } from "./extract/blocks.ts";
import { createCallReader, isCall } from "./extract/calls.ts";
import { createCommentReader, isComment } from "./extract/comments.ts";
import { createExportReader, isExport } from "./extract/exports.ts";
import { readIgnores } from "./extract/ignores.ts";
import { createImportReader, isImport } from "./extract/imports.ts";
import { createSymbolReader, isDeclaration } from "./extract/symbols.ts";
import { createUseReader, isName } from "./extract/uses.ts";
import type { CodeSymbol, FileFacts } from "./facts.ts";
import type { Role } from "./metrics/control-flow.ts";
import { createMetricsReader, roleOf } from "./metrics/function-metrics.ts";
import { isClosedType, type FlatTree, type Kinds } from "./syntax/flat-tree.ts";

/** What a kind of node is to be read as. */
const as = { symbol: 1, import: 2, export: 4, call: 8, comment: 16, name: 32, type: 64, error: 128, named: 256 };
const readAlone = as.symbol | as.import | as.export | as.call | as.comment | as.type | as.error;
const longestToken = 100;

/** What a file's content says by itself. One look at each node, since there are many. */
export function readFacts(tree: FlatTree): FileFacts {
  const [symbols, imports, exports] = [createSymbolReader(tree), createImportReader(tree), createExportReader(tree)];
  const [calls, comments, uses] = [createCallReader(tree), createCommentReader(tree), createUseReader(tree)];
  const metrics = createMetricsReader(tree);
  const { readings, roles } = tableOf(tree);
  /** Nodes before this one are imports, and no uses. */
  let usesFrom = 0;
  /** Names of declarations. */
  const apart = new Set<number>();
  const { size } = tree;
  for (let node = 0; node < size; node++) {
    const kind = tree.kind(node);
    const reading = readings[kind] ?? learn(tree, node);
    if ((reading & readAlone) !== 0) {
      if ((reading & as.symbol) !== 0) apart.add(symbols.visit(node));
      if ((reading & as.import) !== 0 && imports.visit(node)) usesFrom = tree.next(node);
      if ((reading & as.export) !== 0) exports.visit(node);
      if ((reading & as.call) !== 0) calls.visit(node, symbols.around(node));
      if ((reading & as.comment) !== 0) comments.visit(node);
      if ((reading & as.type) !== 0) {
        const text = tree.textOf(node);
        imports.visitType(node, text);
        if (node >= usesFrom) uses.visitType(node, text);
      }
      if ((reading & as.error) !== 0) metrics.visitError(node);
    }
    const counts = metrics.visit(node, roles[kind] ?? null, roles[tree.kind(tree.parent(node))] ?? null);
    if ((reading & as.name) !== 0) {
      const name = tree.textOf(node);
      if (node >= usesFrom && !apart.has(node)) uses.visit(node, name);
      if (counts) metrics.countToken(name);
    } else if (counts && tree.isLeaf(node) && (reading & as.comment) === 0)
      metrics.countToken((reading & as.named) === 0 ? kind : tokenOf(tree, node));
  }
  const exported = exports.exports(symbols.found);
  return {
    language: tree.kinds.language,
    lines: tree.lineCount,
    symbols: withClauses(symbols.found, exported),
    imports: imports.imports,
    exports: exported,
    uses: uses.uses(),
    calls: calls.calls,
    comments: comments.comments(),
    functions: metrics.functions(),
    blocks: readBlocks(tree),
    ignores: readIgnores(tree),
  };
}

function tokenOf(tree: FlatTree, node: number): string {
  const start = tree.start(node);
  return tree.text.slice(start, Math.min(tree.end(node), start + longestToken));
}

/** In ECMAScript a clause at the end of the file may export what its beginning declares. */
function withClauses(
  found: readonly { readonly symbol: CodeSymbol }[],
  exports: FileFacts["exports"],
): readonly CodeSymbol[] {
  const given = new Set(exports.filter(({ from }) => from === undefined).map(({ local }) => local));
  return found.map(({ symbol }) =>
    symbol.exported || symbol.parent !== -1 || !given.has(symbol.name) ? symbol : { ...symbol, exported: true },
  );
}

interface Table {
  readonly readings: (number | undefined)[];
  readonly roles: (Role | null | undefined)[];
}

/** By the kinds of a language, and filled as they are met. */
const tables = new WeakMap<Kinds, Table>();

function tableOf({ kinds }: FlatTree): Table {
  const known = tables.get(kinds) ?? { readings: [], roles: [] };
  tables.set(kinds, known);
  return known;
}

function learn(tree: FlatTree, node: number): number {
  const { readings, roles } = tableOf(tree);
  const { language } = tree.kinds;
  const [kind, type] = [tree.kind(node), tree.type(node)];
  const isNamed = tree.isNamed(node);
  const reading = isNamed
    ? as.named |
      (isDeclaration(language, type) ? as.symbol : 0) |
      (isImport(language, type) ? as.import : 0) |
      (isExport(language, type) ? as.export : 0) |
      (isCall(type) ? as.call : 0) |
      (isComment(type) ? as.comment : 0) |
      (isName(type) ? as.name : 0) |
      (isClosedType(language, type) ? as.type : 0) |
      (type === "ERROR" ? as.error : 0)
    : 0;
  readings[kind] = reading;
  roles[kind] = isNamed ? roleOf(language, type) : null;
  return reading;
}
