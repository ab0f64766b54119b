import MarkdownIt from "markdown-it";
import type { StateCore, Token } from "markdown-it";
import { createHash } from "node:crypto";

const MARK = /^\[([ xX])\](?=\s|$)/;

/**
 * Turns `- [ ]` and `- [x]` into boxes. Every box carries the line of its task in the source, by which `toggleTask` finds it again.
 */
export function taskBoxes(state: StateCore, editable: boolean): void {
  for (const { item, inline, line } of tasksIn(state.tokens)) {
    const text = inline.children?.[0];
    if (!text) continue;
    const ticked = text.content.charAt(1) !== " ";
    text.content = text.content.slice(3);
    const box = new state.Token("html_inline", "", 0);
    const attributes = `${ticked ? " checked" : ""}${editable ? "" : " disabled"}`;
    box.content = `<input type="checkbox" class="task" data-line="${String(line)}" aria-label="Task"${attributes}>`;
    inline.children?.unshift(box);
    item.attrJoin("class", "task-item");
  }
}

/**
 * The body with the task on a line (counted from 0) ticked or unticked; null when there is no task on that line.
 * Nothing else of the body changes.
 */
export function toggleTask(body: string, line: number, ticked: boolean): string | null {
  const tokens = new MarkdownIt({ html: false }).parse(body.replaceAll(/\r\n?/g, "\n"), {});
  if (!tasksIn(tokens).some((task) => task.line === line)) return null;
  const lines = body.split(/(\r\n?|\n)/);
  const text = lines[line * 2];
  if (text === undefined) return null;
  lines[line * 2] = text.replace(/\[[ xX]\]/, ticked ? "[x]" : "[ ]");
  return lines.join("");
}

/** A short name of a text, by which a form says which version it was made from. */
export function versionOf(body: string): string {
  return createHash("sha256").update(body).digest("hex").slice(0, 16);
}

function tasksIn(tokens: Token[]): { item: Token; inline: Token; line: number }[] {
  const found = [];
  for (const [index, item] of tokens.entries()) {
    const inline = tokens[index + 2];
    if (item.type !== "list_item_open" || tokens[index + 1]?.type !== "paragraph_open") continue;
    if (inline?.type === "inline" && inline.map && MARK.test(inline.content)) {
      found.push({ item, inline, line: inline.map[0] });
    }
  }
  return found;
}
