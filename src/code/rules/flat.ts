/** Cheap looks at the flat tree, for `worth` and `reports`. */
import type { FlatTree } from "../syntax/flat-tree.ts";

/** What stands between the operands, such as `===`. A list of operators in a query makes it slow to compile. */
export function operatorOf(tree: FlatTree, node: number): string {
  const [left, right] = [tree.childIn(node, "left"), tree.childIn(node, "right")];
  return left === -1 || right === -1 ? "" : tree.text.slice(tree.end(left), tree.start(right)).trim();
}

/** A comparison, or a choice, of which both sides are the same. `x != x` asks for NaN, on purpose. */
export function comparesItself(tree: FlatTree, node: number): boolean {
  return hasSameSides(tree, node) && /^(?:===?|[<>]=?|&&|\|\|)$/.test(operatorOf(tree, node));
}

/** Both operands are the same text, and nothing that may differ from time to time. */
export function hasSameSides(tree: FlatTree, node: number): boolean {
  const [left, right] = [tree.childIn(node, "left"), tree.childIn(node, "right")];
  if (left === -1 || right === -1) return false;
  const length = tree.end(left) - tree.start(left);
  if (length !== tree.end(right) - tree.start(right) || length > 200) return false;
  const text = tree.textOf(left);
  return text === tree.textOf(right) && /^[\w$.[\]"']+$/.test(text) && !/^[\d.]+$/.test(text);
}

/** A statement after one that always leaves, in the same block; -1 for none. */
export function unreachableAfter(tree: FlatTree, node: number, isHarmless: RegExp): number {
  const end = tree.next(tree.parent(node));
  for (let next = tree.next(node); next < end; next = tree.next(next)) {
    if (!tree.isNamed(next) || tree.type(next).endsWith("comment") || tree.type(next) === "empty_statement") continue;
    return isHarmless.test(tree.type(next)) ? -1 : next;
  }
  return -1;
}

/** An `else if` asks what an `if` before it asked in the same words. */
export function repeatsCondition(tree: FlatTree, node: number): boolean {
  let before = linkBefore(tree, node);
  if (before === -1) return false;
  const text = conditionOf(tree, node);
  // What is called or set may answer differently the second time.
  if (text === "" || /\w\s*\(|\+\+|--|[^=!<>]=[^=>]|:=/.test(text)) return false;
  for (let links = 0; before !== -1 && links < 50; before = linkBefore(tree, before), links++)
    if (conditionOf(tree, before) === text) return true;
  return false;
}

/** The `if` whose `else` this one is, or -1. */
function linkBefore(tree: FlatTree, node: number): number {
  const parent = tree.parent(node);
  if (tree.type(parent) === "else_clause")
    return tree.type(tree.parent(parent)) === "if_statement" ? tree.parent(parent) : -1;
  return tree.type(parent) === "if_statement" && tree.field(node) === "alternative" ? parent : -1;
}

/** With what is set before it, as Go does. */
function conditionOf(tree: FlatTree, node: number): string {
  const condition = tree.childIn(node, "condition");
  if (condition === -1) return "";
  const initial = tree.childIn(node, "initializer");
  const start = initial === -1 ? tree.start(condition) : tree.start(initial);
  return tree.text.slice(start, Math.min(tree.end(condition), start + 500));
}
