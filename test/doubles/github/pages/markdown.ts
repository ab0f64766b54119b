import MarkdownIt from "markdown-it";
import type { StateBlock, StateInline, Token } from "markdown-it";
import { escapeHtml, trusted, type Markup } from "./html.ts";
import { referenceLinks, type References } from "./references.ts";
import { taskBoxes } from "./tasks.ts";

export interface MarkdownOptions {
  readonly references: References;
  /** Line breaks count, as in issues and comments but not in files. */
  readonly breaks?: boolean;
  /** Task boxes can be ticked; without it they are shown only. */
  readonly editable?: boolean;
}

/** Tags that people write in comments and that can do nothing but format; all others are shown as text. None may carry an attribute. */
const HARMLESS = /<(\/?(?:details|summary|sub|sup|kbd|ins|del|b|i|em|strong|code|br|hr)|details open|br ?\/|hr ?\/)>/gi;

/** GitHub-flavoured markdown as markup that is inert whatever was written; HTML comments are hidden. */
export function markdown(source: string, options: MarkdownOptions): Markup {
  const parser = new MarkdownIt({ html: false, linkify: true, breaks: options.breaks ?? false });
  parser.block.ruler.before("paragraph", "html_lines", htmlLines, { alt: ["paragraph", "reference", "blockquote"] });
  parser.inline.ruler.before("autolink", "html_pieces", htmlPieces);
  parser.core.ruler.push("references", (state) => {
    referenceLinks(state, options.references);
  });
  parser.core.ruler.push("tasks", (state) => {
    taskBoxes(state, options.editable ?? false);
  });
  parser.renderer.rules.html_block = (tokens, index) => harmlessOnly(tokens[index]?.content ?? "");
  parser.renderer.rules.html_inline = (tokens, index) => tokens[index]?.content ?? "";
  parser.renderer.rules.fence = (tokens, index) => fence(tokens[index]);
  const link = parser.renderer.rules.link_open;
  parser.renderer.rules.link_open = (tokens, index, settings, env, self) => {
    tokens[index]?.attrSet("rel", "nofollow noopener");
    return link ? link(tokens, index, settings, env, self) : self.renderToken(tokens, index, settings);
  };
  return trusted(parser.render(source));
}

function fence(token: Token | undefined): string {
  const content = escapeHtml(token?.content ?? "");
  const language = (token?.info ?? "").trim().split(/\s+/)[0] ?? "";
  if (language === "suggestion") {
    return `<div class="suggestion"><div class="suggestion-title">Suggested change</div><pre>${content}</pre></div>\n`;
  }
  const name = language === "" ? "" : ` class="language-${escapeHtml(language)}"`;
  return `<pre><code${name}>${content}</code></pre>\n`;
}

function harmlessOnly(text: string): string {
  const shown = text.replace(/<!--[\s\S]*?(?:-->|$)/g, "");
  let out = "";
  let last = 0;
  for (const match of shown.matchAll(HARMLESS)) {
    out += escapeHtml(shown.slice(last, match.index)) + match[0].toLowerCase();
    last = match.index + match[0].length;
  }
  return out + escapeHtml(shown.slice(last));
}

// CommonMark's HTML blocks of kind 2 (comments, to their end) and 6 (some block tags, to an empty line).
function htmlLines(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const lineAt = (line: number) =>
    state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]);
  if ((state.sCount[startLine] ?? 0) - state.blkIndent >= 4) return false;
  const first = lineAt(startLine);
  const comment = first.startsWith("<!--");
  if (!comment && !/^<\/?(details|summary)( open)?>/i.test(first)) return false;
  if (silent) return true;
  let next = startLine;
  for (; next < endLine; next++) {
    const line = lineAt(next);
    if (next > startLine && (state.sCount[next] ?? 0) < state.blkIndent) break;
    if (comment && line.includes("-->")) {
      next++;
      break;
    }
    if (!comment && line === "") break;
  }
  const token = state.push("html_block", "", 0);
  token.content = state.getLines(startLine, next, state.blkIndent, true);
  token.map = [startLine, next];
  state.line = next;
  return true;
}

function htmlPieces(state: StateInline, silent: boolean): boolean {
  const rest = state.src.slice(state.pos, state.posMax);
  if (!rest.startsWith("<")) return false;
  const comment = /^<!--[\s\S]*?-->/.exec(rest)?.[0];
  const match = comment ?? new RegExp(`^${HARMLESS.source}`, "i").exec(rest)?.[0];
  if (match === undefined) return false;
  if (!silent && comment === undefined) state.push("html_inline", "", 0).content = match.toLowerCase();
  state.pos += match.length;
  return true;
}
