import type { FlatTree } from "../syntax/flat-tree.ts";

const joins = /^(?:binary_expression|boolean_operator)$/;
const operators = new Set(["&&", "||", "??", "and", "or"]);

/** The logical operators of a condition in the order of the text, when `node` is the outermost of them; else null. */
export function operatorsOf(tree: FlatTree, node: number): readonly string[] | null {
  if (!isLogical(tree, node) || isPart(tree, node)) return null;
  const found: string[] = [];
  const end = tree.next(node);
  for (let at = node + 1; at < end;) {
    const type = tree.type(at);
    if (isLogical(tree, at) || type === "parenthesized_expression") {
      at += 1;
      continue;
    }
    if (!tree.isNamed(at) && operators.has(type) && isLogical(tree, tree.parent(at))) found.push(type);
    at = tree.next(at);
  }
  return found;
}

function isLogical(tree: FlatTree, node: number): boolean {
  if (!tree.isNamed(node) || !joins.test(tree.type(node))) return false;
  for (const child of tree.children(node)) if (!tree.isNamed(child) && operators.has(tree.type(child))) return true;
  return false;
}

function isPart(tree: FlatTree, node: number): boolean {
  let parent = tree.parent(node);
  while (parent !== 0 && tree.type(parent) === "parenthesized_expression") parent = tree.parent(parent);
  return isLogical(tree, parent);
}
