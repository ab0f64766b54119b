import type { CallFact } from "../facts.ts";
import type { FlatTree } from "../syntax/flat-tree.ts";

/** Kinds of nodes that call something, with the field of what is called. */
const callees: Readonly<Record<string, string>> = {
  call_expression: "function",
  new_expression: "constructor",
  call: "function",
  method_invocation: "name",
  object_creation_expression: "type",
  macro_invocation: "macro",
};
/** The last name of a path and what stands before it, by the fields of the node that joins them. */
const joints: Readonly<Record<string, readonly [string, string]>> = {
  member_expression: ["object", "property"],
  attribute: ["object", "attribute"],
  selector_expression: ["operand", "field"],
  field_expression: ["value", "field"],
  scoped_identifier: ["path", "name"],
  scoped_type_identifier: ["path", "name"],
};
const most = { calls: 20_000, of: 100 };

export function isCall(type: string): boolean {
  return Object.hasOwn(callees, type);
}

/** What a file calls and makes, in order; the first 20,000. */
export function createCallReader(tree: FlatTree) {
  const calls: CallFact[] = [];
  return {
    calls,
    /** @param within the number of the symbol around it, or -1 */
    visit(node: number, within: number): void {
      if (calls.length >= most.calls) return;
      const callee = tree.childIn(node, callees[tree.type(node)] ?? "");
      if (callee === -1) return;
      const [name, of] = nameOf(tree, node, callee);
      if (name !== "") calls.push({ name, of, line: tree.lineAt(tree.start(callee)), within });
    },
  };
}

function nameOf(tree: FlatTree, call: number, callee: number): readonly [string, string] {
  const type = tree.type(callee);
  if (tree.type(call) === "method_invocation") {
    const object = tree.childIn(call, "object");
    return [tree.textOf(callee), object === -1 ? "" : short(tree, object)];
  }
  const joint = joints[type];
  if (joint !== undefined) {
    const [before, last] = [tree.childIn(callee, joint[0]), tree.childIn(callee, joint[1])];
    return last === -1 ? ["", ""] : [tree.textOf(last), before === -1 ? "" : short(tree, before)];
  }
  return type.endsWith("identifier") ? [tree.textOf(callee), ""] : ["", ""];
}

function short(tree: FlatTree, node: number): string {
  const text = tree.text.slice(tree.start(node), Math.min(tree.end(node), tree.start(node) + most.of));
  return tree.isLeaf(node) ? text : text.replaceAll(/\s+/g, " ");
}
