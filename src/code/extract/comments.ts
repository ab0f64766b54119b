import type { CommentFact } from "../facts.ts";
import type { FlatTree } from "../syntax/flat-tree.ts";

const most = { comments: 5_000, text: 2_000 };
const comment = /^(?:line_|block_)?comment$/;

export function isComment(type: string): boolean {
  return comment.test(type);
}

/** Comments without their signs; lines that follow each other are one. The first 5,000. */
export function createCommentReader(tree: FlatTree) {
  const found: { startLine: number; endLine: number; text: string; oneLine: boolean }[] = [];
  return {
    visit(node: number): void {
      if (found.length >= most.comments) return;
      const raw = tree.text.slice(tree.start(node), Math.min(tree.end(node), tree.start(node) + 2 * most.text));
      const startLine = tree.lineAt(tree.start(node));
      const oneLine = !raw.startsWith("/*");
      const endLine = oneLine ? startLine : tree.lineAt(Math.max(tree.start(node), tree.end(node) - 1));
      const before = found.at(-1);
      const text = plain(raw);
      if (oneLine && before?.oneLine === true && before.endLine === startLine - 1) {
        before.endLine = endLine;
        if (before.text.length < most.text) before.text = `${before.text}\n${text}`.slice(0, most.text);
      } else found.push({ startLine, endLine, text: text.slice(0, most.text), oneLine });
    },
    comments: (): readonly CommentFact[] => found.map(({ startLine, endLine, text }) => ({ startLine, endLine, text })),
  };
}

function plain(raw: string): string {
  if (!raw.startsWith("/*")) return raw.replace(/^(?:\/\/[/!]?|#+!?)\s?/, "").trimEnd();
  return raw
    .replace(/^\/\*+!?/, "")
    .replace(/\*+\/$/, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\*? ?/, "").trimEnd())
    .join("\n")
    .trim();
}
