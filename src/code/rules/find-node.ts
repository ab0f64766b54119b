import type { FlatTree } from "../syntax/flat-tree.ts";

/**
 * The named node with a place and a kind, or -1: what lies within a string or another leaf of the flat tree is not in it.
 * In the time of a binary search, since named nodes are in the order of their beginnings.
 */
export function findNode(tree: FlatTree, start: number, end: number, type: string): number {
  let [low, high] = [0, tree.size];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = namedFrom(tree, middle);
    if (at < high && tree.start(at) < start) low = at + 1;
    else high = middle;
  }
  for (
    let node = namedFrom(tree, low);
    node < tree.size && tree.start(node) === start;
    node = namedFrom(tree, node + 1)
  )
    if (tree.end(node) === end && tree.type(node) === type) return node;
  return -1;
}

/** Leaves without a name have no place. */
function namedFrom(tree: FlatTree, node: number): number {
  let at = node;
  while (at < tree.size && !tree.isNamed(at)) at += 1;
  return at;
}
