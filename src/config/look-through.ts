import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  visit,
  type Alias,
  type Document,
  type Node,
  type Scalar,
} from "yaml";
import type { ConfigProblem } from "./port.ts";
import { problemOf, type KeyPath } from "./problem.ts";
import { written, type Targets } from "./written.ts";

/**
 * What the parser lets pass: keys that stand twice in one mapping, the one that would change a prototype, aliases of nothing. And what the
 * other aliases stand for: the last node of that name before them.
 * @param place of an offset in the text
 */
export function lookThrough(
  document: Document.Parsed,
  text: string,
  place: (offset: number) => { line: number; column: number },
): { bad: readonly ConfigProblem[]; targets: Targets } {
  const found: { at: Node; path: KeyPath; value: unknown; what: string }[] = [];
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node(_, node, ancestors) {
      const path = () => pathOf([...ancestors, node]);
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        const what = `there is no anchor \`&${node.source}\` before this alias`;
        if (target === undefined) found.push({ at: node, path: path(), value: node, what });
        else targets.set(node, target);
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (!isMap(node)) return;
      for (const { key, value, what } of badPairs(node.items, place))
        found.push({ at: key, path: [...path(), String(key.value)], value, what });
    },
  });
  // Only now is it known what all aliases stand for.
  const bad = found.map(({ at, path, value, what }) =>
    problemOf(place(startOf(at)), path, written(value, text, targets), what),
  );
  return { bad, targets };
}

interface BadPair {
  readonly key: Scalar;
  readonly value: unknown;
  readonly what: string;
}

function badPairs(
  pairs: readonly { key: unknown; value: unknown }[],
  place: (offset: number) => { line: number },
): readonly BadPair[] {
  const seen = new Map<string, Scalar>();
  return pairs.flatMap(({ key, value }) => {
    if (!isScalar(key)) return [];
    const name = String(key.value);
    if (name === "__proto__") return [{ key, value, what: "a key of this name is not allowed" }];
    const first = seen.get(name);
    if (first === undefined) seen.set(name, key);
    else {
      const { line } = place(startOf(first));
      return [
        { key, value, what: `the key stands in the same mapping twice, first in line ${line}; keep one of them` },
      ];
    }
    return [];
  });
}

/** The keys that lead to the last of some nodes, each of which holds the next. */
function pathOf(nodes: readonly unknown[]): KeyPath {
  return nodes.flatMap((node, index): KeyPath => {
    if (isPair(node) && isScalar(node.key)) return [String(node.key.value)];
    return isSeq(node) && index + 1 < nodes.length ? [node.items.indexOf(nodes[index + 1])] : [];
  });
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
