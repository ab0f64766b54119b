import type { FlatTree } from "../syntax/flat-tree.ts";

const most = { lines: 50, names: 20_000, name: 200 };
const identifier = /identifier$|^identifier_pattern$/;

/**
 * Where names are used: the lines of each, the first 50.
 * @param apart nodes that are no uses: the names of declarations, and whole imports
 */
export function readUses(tree: FlatTree, apart: ReadonlySet<number>): Readonly<Record<string, readonly number[]>> {
  const isName: (boolean | undefined)[] = [];
  const uses = new Map<string, number[]>();
  for (let node = 0; node < tree.size; node++) {
    if (apart.has(node)) {
      node = tree.next(node) - 1;
      continue;
    }
    const id = tree.kind(node);
    if (
      !(isName[id] ??= tree.isNamed(node) && identifier.test(tree.type(node)) && !tree.type(node).startsWith("scoped"))
    )
      continue;
    const name = tree.textOf(node);
    if (name.length > most.name) continue;
    const lines = uses.get(name);
    const line = tree.lineAt(tree.start(node));
    if (lines === undefined) {
      if (uses.size < most.names) uses.set(name, [line]);
    } else if (lines.length < most.lines && lines.at(-1) !== line) lines.push(line);
  }
  return Object.fromEntries(uses);
}
