/** Text as bytes. A decoder that replaces what is no UTF-8 would let other characters pass than those that were written. */
import { isUtf8 } from "node:buffer";

/** What makes bytes no text in UTF-8, and where, from 1. */
export interface NotUtf8 {
  readonly line: number;
  readonly column: number;
  readonly why: { readonly kind: "byte"; readonly byte: number } | { readonly kind: "utf-16" };
}

/** The text; or why it is none. A mark of the byte order stays in it. */
export function decodeUtf8(bytes: Uint8Array): string | NotUtf8 {
  if (isUtf16(bytes)) return { line: 1, column: 1, why: { kind: "utf-16" } };
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString("utf8");
  if (isUtf8(buffer)) return text;
  // What could not be read became a replacement character, whose bytes are others: not always from the first one on, but on the same line.
  const written = Buffer.from(text);
  const at = buffer.findIndex((byte, index) => byte !== written[index]);
  const before = buffer.subarray(0, at).toString("utf8").split("\n");
  return {
    line: before.length,
    column: (before.at(-1) ?? "").length + 1,
    why: { kind: "byte", byte: buffer[at] ?? 0 },
  };
}

/** By its mark, or, as YAML does it, by a first letter that has a NUL for one of its two bytes. */
function isUtf16([first = 1, second = 1]: Uint8Array): boolean {
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return marked || (first === 0) !== (second === 0);
}
