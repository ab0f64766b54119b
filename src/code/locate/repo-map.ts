/** What an agent is shown of a repository before it looks itself: the files that a text is about, with the signatures of what they hold. */
import type { CodeSymbol } from "../facts.ts";
import type { Located } from "./locate.ts";

/** UTF-16 units per token, on the low side for code. */
const unitsPerToken = 3.5;
const mostSymbols = 40;
const longestPath = 300;
const longestTests = 600;

/**
 * One line for each file, the best first, with the reason for it, and below it its symbols with their lines. What is looked for comes first,
 * then, as far as there is room, what else the files hold. All of it can be written by contributors.
 * @param symbolsOf every symbol of a file, in the order of the text
 * @param tokens about how much it may be
 * @param tests files of tests that reach what is looked for; they are named at the end
 */
export function repoMap(
  located: readonly Located[],
  symbolsOf: (path: string) => readonly CodeSymbol[],
  tokens: number,
  tests: readonly string[] = [],
): string {
  let room = Math.floor(tokens * unitsPerToken);
  const take = (text: string) => {
    if (text.length + 1 > room) return false;
    room -= text.length + 1;
    return true;
  };
  const last = tests.length === 0 ? "" : `Tests that reach these: ${tests.join(", ").slice(0, longestTests)}`;
  const end = last !== "" && take(last) ? [last] : [];
  const shown: { heading: string; symbols: readonly CodeSymbol[]; chosen: Map<CodeSymbol, string> }[] = [];
  for (const { path, reasons, symbols: found } of located) {
    const heading = [path.slice(0, longestPath), ...reasons.slice(0, 2)].join(" — ");
    if (!take(heading)) break;
    const symbols = symbolsOf(path);
    const chosen = new Map<CodeSymbol, string>();
    for (const { symbol } of found) add(symbol, symbols, chosen, take);
    shown.push({ heading, symbols, chosen });
  }
  for (const { symbols, chosen } of shown)
    for (const symbol of symbols.filter(isOutline)) {
      if (chosen.size >= mostSymbols || !add(symbol, symbols, chosen, take)) break;
    }
  const files = shown.map(({ heading, symbols, chosen }) =>
    [heading, ...symbols.flatMap((symbol) => chosen.get(symbol) ?? [])].join("\n"),
  );
  return [...files, ...end].join("\n");
}

/** @returns whether there was room for it */
function add(
  symbol: CodeSymbol,
  symbols: readonly CodeSymbol[],
  chosen: Map<CodeSymbol, string>,
  take: (text: string) => boolean,
): boolean {
  if (chosen.has(symbol)) return true;
  const text = `${"  ".repeat(1 + depthOf(symbol, symbols))}${symbol.startLine}: ${symbol.signature}`;
  if (!take(text)) return false;
  chosen.set(symbol, text);
  return true;
}

/** What the file is made of: not what lies in its functions. */
function isOutline({ kind, parent, exported }: CodeSymbol): boolean {
  return parent === -1 || exported || kind === "method";
}

function depthOf(symbol: CodeSymbol, symbols: readonly CodeSymbol[]): number {
  let depth = 0;
  for (let at = symbols[symbol.parent]; at !== undefined && depth < 3; at = symbols[at.parent]) depth += 1;
  return depth;
}
