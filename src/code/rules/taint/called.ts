import type { FlatTree } from "../../syntax/flat-tree.ts";

export interface Called {
  /** The last name of what is called, empty for an expression. */
  readonly name: string;
  /** What stands before it, or -1. */
  readonly object: number;
  readonly arguments: readonly number[];
}

/** The parts of a call, in any of the languages. */
export function callAt(tree: FlatTree, node: number): Called {
  const isMethod = tree.type(node) === "method_invocation";
  const callee =
    ["function", "constructor", "name", "type", "macro"]
      .map((field) => tree.childIn(node, field))
      .find((found) => found !== -1) ?? -1;
  const list = tree.childIn(node, "arguments");
  const given = list === -1 ? [] : [...named(tree, list)];
  if (callee === -1) return { name: "", object: -1, arguments: given };
  if (isMethod) return { name: tree.textOf(callee), object: tree.childIn(node, "object"), arguments: given };
  const parts = [...named(tree, callee)];
  const last = parts.at(-1);
  if (last === undefined || (tree.type(callee).endsWith("identifier") && !tree.type(callee).startsWith("scoped")))
    return { name: tree.textOf(callee), object: -1, arguments: given };
  if (
    !/^(?:member_expression|attribute|selector_expression|field_expression|scoped_\w*identifier)$/.test(
      tree.type(callee),
    )
  )
    return {
      name: tree.type(callee) === "generic_type" ? tree.textOf(parts[0] ?? callee) : "",
      object: -1,
      arguments: given,
    };
  const isPath = tree.type(callee).startsWith("scoped");
  return { name: tree.textOf(last), object: isPath ? -1 : (parts[0] ?? -1), arguments: given };
}

/** Children with a name, without comments. */
export function* named(tree: FlatTree, node: number): Generator<number> {
  for (const child of tree.children(node))
    if (tree.isNamed(child) && !tree.type(child).endsWith("comment")) yield child;
}
