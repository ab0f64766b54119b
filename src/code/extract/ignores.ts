/** Comments that tell the rules to look away: `codegen:ignore security/eval -- the input is ours`. */
import type { IgnoreFact } from "../facts.ts";
import type { FlatTree } from "../syntax/flat-tree.ts";

const word = "codegen:ignore";
const comment = /^(?:line_|block_)?comment$/;
const most = { ignores: 500, rules: 20, reason: 300 };
const ruleName = /^[a-z][a-z0-9-]*\/(?:[a-z0-9][a-z0-9-]*|\*)$/;

/** In the order of the text, the first 500. Only what begins a line of a comment counts, so that prose may speak of it. */
export function readIgnores(tree: FlatTree): readonly IgnoreFact[] {
  if (!tree.text.includes(word)) return [];
  const isComment: (boolean | undefined)[] = [];
  const found: IgnoreFact[] = [];
  for (let node = 0; node < tree.size && found.length < most.ignores; node++) {
    if (!(isComment[tree.kind(node)] ??= tree.isNamed(node) && comment.test(tree.type(node)))) continue;
    const text = tree.textOf(node);
    for (const match of text.matchAll(
      /^[ \t]*(?:(?:\/\/[/!]?|\/\*+!?|#+!?|\*)[ \t]*)?codegen:ignore(-\w+)?(?![\w-])(.*)$/gm,
    )) {
      const line = tree.lineAt(tree.start(node) + match.index);
      found.push({ line, ...saidIn(match[1] ?? "", match[2] ?? ""), ...coveredBy(tree, node, match[1] ?? "") });
      if (found.length === most.ignores) break;
    }
  }
  return found;
}

function saidIn(kind: string, text: string): Pick<IgnoreFact, "rules" | "reason" | "problem"> {
  const rest = text.replace(/\*+\/\s*$/, "").trim();
  const [before = "", ...after] = rest.split(/(?:^|\s)--(?:\s|$)/);
  const reason = after.join(" -- ").trim().slice(0, most.reason);
  const rules = before.split(/[\s,]+/).filter((name) => name !== "");
  const wrong = rules.find((name) => !ruleName.test(name));
  const problem = problemOf(kind, rules, wrong, reason);
  return { rules: rules.slice(0, most.rules), reason, ...(problem === null ? {} : { problem }) };
}

function problemOf(
  kind: string,
  rules: readonly string[],
  wrong: string | undefined,
  reason: string,
): NonNullable<IgnoreFact["problem"]> | null {
  if (!["", "-block", "-file"].includes(kind)) return "kind";
  if (rules.length === 0 || rules.length > most.rules || wrong !== undefined) return "rule";
  return reason === "" ? "reason" : null;
}

/** Behind code, its line; on a line of its own, the next line of code, or all of what begins there; or the file. */
function coveredBy(tree: FlatTree, node: number, kind: string): Pick<IgnoreFact, "scope" | "startLine" | "endLine"> {
  if (kind === "-file") return { scope: "file", startLine: 1, endLine: Math.max(1, tree.lineCount) };
  const start = tree.start(node);
  const before = tree.text.slice(tree.text.lastIndexOf("\n", start - 1) + 1, start);
  const own = tree.lineAt(start);
  // `{` opens a comment in JSX.
  const next = /^\s*\{?\s*$/.test(before) ? nextCode(tree, node) : -1;
  if (next === -1) return { scope: "line", startLine: own, endLine: own };
  const startLine = tree.lineAt(tree.start(next));
  if (kind !== "-block") return { scope: "line", startLine, endLine: startLine };
  return { scope: "block", startLine, endLine: tree.lineAt(Math.max(tree.start(next), tree.end(next) - 1)) };
}

/** The outermost node that begins behind a comment, or -1. */
function nextCode(tree: FlatTree, node: number): number {
  for (let at = tree.next(node); at < tree.size; at++) {
    if (!tree.isNamed(at) || tree.start(at) < tree.end(node) || comment.test(tree.type(at))) continue;
    if (tree.textOf(at).trim() !== "") return at;
  }
  return -1;
}
