import { isTestFile } from "../../domain/test-files.ts";
import type { CodeSymbol } from "../facts.ts";
import type { SymbolGraph } from "../graph/symbol-graph.ts";
import { qualifiedName } from "../qualified-name.ts";
import type { Located } from "./locate.ts";

const most = { files: 3, symbols: 4, tests: 5 };

/**
 * Test files that reach what was found, at most five: those of the best file first, and of these the nearest. In a file it is the symbols
 * that were found, else what it exports.
 * @param symbolsOf every symbol of a file, in the order of the text
 */
export async function findTests(
  graph: Pick<SymbolGraph, "tests">,
  found: readonly Located[],
  symbolsOf: (path: string) => readonly CodeSymbol[],
): Promise<readonly string[]> {
  const tests = new Set<string>();
  for (const { path, symbols: meant } of found.filter((one) => !isTestFile(one.path, "")).slice(0, most.files)) {
    const all = symbolsOf(path);
    const chosen = meant.length > 0 ? meant.map(({ symbol }) => symbol) : all.filter(({ exported }) => exported);
    const refs = chosen.slice(0, most.symbols).map((symbol) => ({ path, name: qualifiedName(symbol, all) }));
    for (const test of await graph.tests(refs)) tests.add(test.path);
  }
  return [...tests].slice(0, most.tests);
}
