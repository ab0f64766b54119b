import type { Fix, Found } from "./rule.ts";

/** The text in the place of a capture. */
export function instead(found: Found, text: string, capture = "found"): Fix | null {
  const node = found.node(capture);
  return node === -1 ? null : { start: found.tree.start(node), end: found.tree.end(node), text };
}

/** A statement away, with its whole line when it stands alone on it. */
export function without(found: Found, capture = "found"): Fix | null {
  const node = found.node(capture);
  if (node === -1) return null;
  const { text } = found.tree;
  let end = found.tree.end(node);
  if (text[end] === ";") end += 1;
  const start = found.tree.start(node);
  const before = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  const after = text.slice(end, text.indexOf("\n", end) === -1 ? text.length : text.indexOf("\n", end));
  // Between others on a line, or as the only one of a block, something might have to stay.
  return before.trim() === "" && after.trim() === "" ? { start, end, text: "" } : null;
}
