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
      const line = type.includes("\n") ? null : tree.lineAt(start);
      for (const found of type.matchAll(typeWords)) {
        const [word] = found;
        if (!/^["'/]/.test(word) && !keywords.has(word)) add(word, line ?? tree.lineAt(start + found.index));
      }
    },
    uses: (): FileFacts["uses"] => [...uses],
  };
}
