import { readBlocks } from "./extract/blocks.ts";
import { readCalls } from "./extract/calls.ts";
import { readComments } from "./extract/comments.ts";
import { readExports } from "./extract/exports.ts";
import { readIgnores } from "./extract/ignores.ts";
import { readImports } from "./extract/imports.ts";
import { readSymbols } from "./extract/symbols.ts";
import { readUses } from "./extract/uses.ts";
import type { FileFacts } from "./facts.ts";
import { readFunctionMetrics } from "./metrics/function-metrics.ts";
import type { FlatTree } from "./syntax/flat-tree.ts";

/** What a file's content says by itself. */
export function readFacts(tree: FlatTree): FileFacts {
  const found = readSymbols(tree);
  const imports = readImports(tree);
  const exports = readExports(tree, found);
  const given = new Set(exports.filter(({ from }) => from === undefined).map(({ local }) => local));
  const apart = new Set([
    ...found.map(({ nameNode }) => nameNode),
    ...imports.filter(({ fact }) => !fact.dynamic).map(({ node }) => node),
  ]);
  return {
    language: tree.kinds.language,
    lines: tree.lineCount,
    // In ECMAScript a clause at the end of the file may export what its beginning declares.
    symbols: found.map(({ symbol }) =>
      symbol.exported || symbol.parent !== -1 || !given.has(symbol.name) ? symbol : { ...symbol, exported: true },
    ),
    imports: imports.map(({ fact }) => fact),
    exports,
    uses: readUses(tree, apart),
    calls: readCalls(tree, found),
    comments: readComments(tree),
    functions: readFunctionMetrics(tree),
    blocks: readBlocks(tree),
    ignores: readIgnores(tree),
  };
}
