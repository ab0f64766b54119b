import type { CallFact } from "../facts.ts";
import type { FlatTree } from "../syntax/flat-tree.ts";
import type { FoundSymbol } from "./symbols.ts";

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

/** What a file calls and makes, in order; the first 20,000. */
export function readCalls(tree: FlatTree, symbols: readonly FoundSymbol[]): readonly CallFact[] {
  const fields: (string | null | undefined)[] = [];
  const calls: CallFact[] = [];
  const open: number[] = [];
  let symbol = 0;
  for (let node = 0; node < tree.size && calls.length < most.calls; node++) {
    while (open.length > 0 && tree.next(symbols[open.at(-1) ?? 0]?.node ?? 0) <= node) open.pop();
    if (symbols[symbol]?.node === node) open.push(symbol++);
    const id = tree.kind(node);
    const field = (fields[id] ??= (tree.isNamed(node) && callees[tree.type(node)]) || null);
    if (field === null) continue;
    const callee = tree.childIn(node, field);
    if (callee === -1) continue;
    const [name, of] = nameOf(tree, node, callee);
    if (name !== "") calls.push({ name, of, line: tree.lineAt(tree.start(callee)), within: open.at(-1) ?? -1 });
  }
  return calls;
}

function nameOf(tree: FlatTree, call: number, callee: number): readonly [string, string] {
  if (tree.type(call) === "method_invocation") {
    const object = tree.childIn(call, "object");
    return [tree.textOf(callee), object === -1 ? "" : short(tree, object)];
  }
  const joint = joints[tree.type(callee)];
  if (joint !== undefined) {
    const [before, last] = [tree.childIn(callee, joint[0]), tree.childIn(callee, joint[1])];
    return last === -1 ? ["", ""] : [tree.textOf(last), before === -1 ? "" : short(tree, before)];
  }
  return tree.type(callee).endsWith("identifier") ? [tree.textOf(callee), ""] : ["", ""];
}

function short(tree: FlatTree, node: number): string {
  return tree.text
    .slice(tree.start(node), Math.min(tree.end(node), tree.start(node) + most.of))
    .replaceAll(/\s+/g, " ");
}
