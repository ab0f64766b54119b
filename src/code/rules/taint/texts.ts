import type { FlatTree } from "../../syntax/flat-tree.ts";
import { unknown } from "./holes.ts";

const most = { text: 1_000, pieces: 50 };
const plain = new Set(
  [
    "number integer float int_literal float_literal integer_literal decimal_integer_literal true false null none undefined nil",
    "regex boolean_literal null_literal hex_integer_literal decimal_floating_point_literal class_literal",
  ].flatMap((names) => names.split(" ")),
);
const strings = new Set(
  "string string_literal interpreted_string_literal raw_string_literal character_literal char_literal rune_literal".split(
    " ",
  ),
);

/** What a literal says, without its quotes; null for what is none or has parts that are none. */
export function literalText(tree: FlatTree, node: number, type: string): string | null {
  if (plain.has(type)) return tree.textOf(node).slice(0, most.text);
  if (strings.has(type) && tree.childOf(node, "interpolation") === -1) return inside(tree.textOf(node));
  return null;
}

/** A part of a text: constant, the node in a hole, or the name in one where there is no node. */
export type Piece = string | number | { readonly name: string };

/** The pieces of a text with holes; null for anything else. */
export function template(tree: FlatTree, node: number, type: string): readonly Piece[] | null {
  if (type === "concatenated_string") return [...tree.children(node)].slice(0, most.pieces);
  if (type === "macro_invocation") return macro(tree, node);
  const hole = type === "template_string" ? "template_substitution" : type === "string" ? "interpolation" : null;
  if (hole === null) return null;
  const pieces: (string | number)[] = [];
  let from = tree.start(node);
  for (const child of tree.children(node)) {
    if (tree.type(child) !== hole || pieces.length > most.pieces) continue;
    pieces.push(tree.text.slice(from, tree.start(child)));
    const [inner] = [...tree.children(child)].filter((one) => tree.isNamed(one));
    if (inner !== undefined) pieces.push(inner);
    from = tree.end(child);
  }
  pieces.push(tree.text.slice(from, tree.end(node)));
  return pieces.map((piece, number) => {
    if (typeof piece !== "string") return piece;
    const start = number === 0 ? piece.replace(/^\w*(?:"""|'''|["'`])/, "") : piece;
    return (number === pieces.length - 1 ? start.replace(/(?:"""|'''|["'`])$/, "") : start).slice(0, most.text);
  });
}

/** `format!("… {} {name}", x)` of Rust: the tokens of a macro are no tree, so the holes are taken from the text and the names behind it. */
function macro(tree: FlatTree, node: number): readonly Piece[] | null {
  if (!/^(?:std::)?(?:format|concat|println|write)$/.test(tree.textOf(tree.childIn(node, "macro")))) return null;
  const tokens = tree.childOf(node, "token_tree");
  if (tokens === -1) return null;
  const inner = [...tree.children(tokens)].filter((one) => tree.isNamed(one)).slice(0, most.pieces);
  const [first, ...rest] = inner;
  if (first === undefined || tree.type(first) !== "string_literal") return null;
  const values = rest.filter((one) => tree.type(one) === "identifier").values();
  return inside(tree.textOf(first))
    .split(/(\{[^{}]*\})/)
    .map((piece) => {
      if (!piece.startsWith("{")) return piece;
      const name = /^\{([a-z_]\w*)/i.exec(piece)?.[1];
      return name === undefined ? (values.next().value ?? unknown) : { name };
    });
}

function inside(text: string): string {
  return text
    .slice(0, most.text)
    .replace(/^\w*#*(?:"""|'''|["'`])/, "")
    .replace(/(?:"""|'''|["'`])#*$/, "");
}
