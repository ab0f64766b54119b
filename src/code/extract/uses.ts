import type { FileFacts } from "../facts.ts";
import type { FlatTree } from "../syntax/flat-tree.ts";

const most = { lines: 50, names: 20_000, name: 200 };
const identifier = /identifier$|^identifier_pattern$/;
/** Words of types that name nothing. */
const keywords = new Set(
  "any as asserts bigint boolean const extends false function import in infer is keyof never new null number object out readonly string symbol this true typeof undefined unique unknown void".split(
    " ",
  ),
);
/** Names in a type, without what stands in its strings and comments. */
const typeWords =
  /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\/.*|\/\*[^]*?\*\/|[a-zA-Z_$\u0080-\uffff][\w$\u0080-\uffff]*/g;

export function isName(type: string): boolean {
  return identifier.test(type) && !type.startsWith("scoped");
}

/** Where names are used: the lines of each, the first 50. */
export function createUseReader(tree: FlatTree) {
  const uses = new Map<string, number[]>();
  const add = (name: string, line: number) => {
    const lines = uses.get(name);
    if (lines === undefined) {
      if (uses.size < most.names && name.length <= most.name) uses.set(name, [line]);
    } else if (lines.length < most.lines && lines.at(-1) !== line) lines.push(line);
  };
  return {
    /** @param name the text of the node, a name */
    visit: (node: number, name: string) => add(name, tree.lineAt(tree.start(node))),
    /** @param type the text of the node, a type whose inside the tree does not have */
    visitType(node: number, type: string): void {
      const start = tree.start(node);
      if (!type.includes("\n")) {
        const words = wordsOf(type);
        if (words.length === 0) return;
        const line = tree.lineAt(start);
        for (const word of words) add(word, line);
      } else
        for (const found of type.matchAll(typeWords))
          if (isUse(found[0])) add(found[0], tree.lineAt(start + found.index));
    },
    uses: (): FileFacts["uses"] => [...uses],
  };
}

function isUse(word: string): boolean {
  return !/^["'/]/.test(word) && !keywords.has(word);
}

/** Types on one line, of which the same come again and again. */
const known = new Map<string, readonly string[]>();
const mostKnown = { types: 5_000, length: 60 };

function wordsOf(type: string): readonly string[] {
  const before = known.get(type);
  if (before !== undefined) return before;
  // A copy: a part of a text keeps all of the text in memory.
  const copy = ` ${type}`.slice(1);
  const words = (copy.match(typeWords) ?? []).filter(isUse);
  if (type.length > mostKnown.length) return words;
  if (known.size === mostKnown.types) known.clear();
  known.set(copy, words);
  return words;
}
