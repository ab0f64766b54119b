import type { CodeSymbol } from "./facts.ts";

/** A symbol's name behind the names of what it lies in: `Cart.add`. @param symbols all of its file */
export function qualifiedName(symbol: CodeSymbol, symbols: readonly CodeSymbol[]): string {
  const names = [symbol.name];
  for (let at = symbols[symbol.parent]; at !== undefined; at = symbols[at.parent]) names.unshift(at.name);
  return names.join(".");
}
