import { sha256 } from "@noble/hashes/sha2.js";
import type { CodeSymbol } from "../facts.ts";
import type { FileFinding, FindingFix } from "../finding.ts";
import type { FlatTree } from "../syntax/flat-tree.ts";
import type { Fix } from "./rule.ts";
import type { Hit } from "./rule-set.ts";

const most = { anchor: 10_000, fixLines: 20 };
const comment = /^(?:line_|block_)?comment$/;

/**
 * A hit as what is told of it.
 * @param bom whether the file begins with a byte order mark, which is not in the tree's text: nothing is put in the place of such a line
 */
export function findingOf(hit: Hit, tree: FlatTree, symbols: readonly CodeSymbol[], bom: boolean): FileFinding {
  const { rule, found, start, end } = hit;
  const place = placeOf(tree, start, end);
  const change = rule.fix?.(found) ?? null;
  const fix = change === null ? null : fixOf(tree, change);
  return {
    rule: rule.id,
    severity: rule.severity,
    ...place,
    message: rule.message,
    ...(rule.cwe === undefined ? {} : { cwe: rule.cwe }),
    symbol: symbolAt(symbols, place.startLine),
    anchor: anchorOf(codeOf(tree, start, end)),
    ...(fix === null || (bom && fix.startLine === 1) ? {} : { fix }),
  };
}

/** Lines and columns of a part of the text. */
export function placeOf(tree: FlatTree, start: number, end: number) {
  const startLine = tree.lineAt(start);
  const endLine = tree.lineAt(Math.max(start, end - 1));
  return {
    startLine,
    endLine,
    startColumn: start - lineStart(tree.text, start) + 1,
    endColumn: end - lineStart(tree.text, Math.max(start, end - 1)) + 1,
  };
}

/** What makes a finding the same one elsewhere. Not by Node's own hash: a process that analyses would start a seventh later for it. */
export function anchorOf(code: string): string {
  return Buffer.from(sha256(Buffer.from(code.replaceAll(/\s+/g, "")))).toString("hex", 0, 8);
}

/** The qualified name of the innermost symbol on a line. */
export function symbolAt(symbols: readonly CodeSymbol[], line: number): string {
  let at = symbols.findLastIndex(({ startLine, endLine }) => startLine <= line && line <= endLine);
  const names: string[] = [];
  for (; at !== -1; at = symbols[at]?.parent ?? -1) names.unshift(symbols[at]?.name ?? "");
  return names.join(".");
}

/** A part of the text without its comments. */
function codeOf(tree: FlatTree, start: number, end: number): string {
  const stop = Math.min(end, start + most.anchor);
  const code = tree.text.slice(start, stop);
  if (!/\/[/*]|#/.test(code)) return code;
  const parts: string[] = [];
  let from = start;
  for (let node = 0; node < tree.size; node++) {
    if (!tree.isNamed(node)) continue;
    if (tree.start(node) >= stop) break;
    if (tree.end(node) <= start) node = tree.next(node) - 1;
    else if (comment.test(tree.type(node)) && tree.start(node) >= from) {
      parts.push(tree.text.slice(from, tree.start(node)));
      from = tree.end(node);
    }
  }
  return parts.join("") + tree.text.slice(from, Math.max(from, stop));
}

/** A change within lines as a change of whole lines. */
function fixOf(tree: FlatTree, { start, end, text }: Fix): FindingFix | null {
  const before = tree.text.slice(lineStart(tree.text, start), start);
  const after = tree.text.slice(end, lineEnd(tree.text, end));
  const startLine = tree.lineAt(start);
  const endLine = tree.lineAt(Math.max(start, end - 1));
  const whole = `${before}${text}${after}`;
  const lines = whole.trim() === "" ? [] : whole.split(/\r?\n/);
  return lines.length > most.fixLines || endLine - startLine >= most.fixLines ? null : { startLine, endLine, lines };
}

function lineStart(text: string, index: number): number {
  return index === 0 ? 0 : text.lastIndexOf("\n", index - 1) + 1;
}

/** Before the signs that end it. */
function lineEnd(text: string, index: number): number {
  const at = text.indexOf("\n", index);
  const end = at === -1 ? text.length : at;
  return end > index && text[end - 1] === "\r" ? end - 1 : end;
}
