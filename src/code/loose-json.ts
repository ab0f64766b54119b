import { parse, parseTree, type Node } from "jsonc-parser";

/** JSON with comments and commas too many, as far as it can be read; undefined for what nests so deep that it only means harm. */
export function readLooseJson(text: string): unknown {
  return unlessTooDeep(() => parse(text, [], { allowTrailingComma: true }) as unknown);
}

/** The same with the places of its parts. */
export function readLooseJsonTree(text: string): Node | undefined {
  return unlessTooDeep(() => parseTree(text, [], { allowTrailingComma: true }));
}

/** The parser calls itself for each level. */
function unlessTooDeep<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
