/**
 * Where in a comment a command stands. GitHub renders comments as CommonMark, so the same rules decide here what a
 * reader sees as plain text: markdown-it walks the text, and one inline rule of ours fires only where plain text begins
 * a line. Code spans, HTML comments, links and escapes are taken whole by their own rules and never reach it.
 *
 * Only top-level paragraphs count (and the text of a setext heading, which is what a paragraph turns into when
 * somebody's mail signature starts with `--`). Quotes, lists, tables and ATX headings do not: what stands there is
 * quoted or told, not asked.
 * https://spec.commonmark.org/0.31.2/
 */
import createMarkdown, { type MarkdownIt, type StateInline, type Token } from "markdown-it";

const call = /^\/codegen(?=[^\S\n]|\n|$)/i;
const commandToken = "codegen_command";
const openCommentToken = "codegen_open_comment";

/** HTML that quotes, hides or shows code: a command between its tags is no command, even after a blank line. */
const enclosing = new Set(
  "blockquote details pre code samp kbd q table ul ol dl template script style textarea del s".split(" "),
);

const markdown = createMarkdown("default", { html: true }).use(addRules);

/**
 * The 0-based numbers of the lines that begin with `/codegen`, ascending.
 * @param text with LF line ends only
 */
export function commandLines(text: string): readonly number[] {
  if (!/\/codegen/i.test(text)) return [];
  const lines = text.split("\n");
  const found: number[] = [];
  const openTags = new Map<string, number>();
  let hiddenUntil = -1;
  let opening: Token | undefined;
  for (const block of markdown.parse(text, {})) {
    if (block.type === "html_block") countTags(block.content, openTags);
    if (block.type === "inline") {
      const plain = block.level === 1 && isParagraph(opening);
      const lineOf = lineCounter(block);
      for (const token of block.children ?? []) {
        if (token.type === "html_inline") countTags(token.content, openTags);
        if (token.type !== commandToken && token.type !== openCommentToken) continue;
        const line = lineOf(token);
        if (line <= hiddenUntil) continue;
        // The author meant to hide what follows; how a renderer shows the mistake does not matter.
        if (token.type === openCommentToken) hiddenUntil = endOfComment(lines, line);
        // Deeper than three spaces looks like code to its author, though it continues a paragraph.
        else if (plain && openTags.size === 0 && /^ {0,3}\//.test(lines[line] ?? "")) found.push(line);
      }
    }
    opening = block;
  }
  return found;
}

function isParagraph(opening: Token | undefined): boolean {
  if (opening?.type === "paragraph_open") return true;
  return opening?.type === "heading_open" && !opening.markup.startsWith("#");
}

/** Counts on from the last token asked for, since looking back each time would cost the square of a long paragraph. */
function lineCounter(block: Token): (token: Token) => number {
  let line = block.map?.[0] ?? 0;
  let position = 0;
  return (token) => {
    const end = typeof token.meta?.["position"] === "number" ? token.meta["position"] : 0;
    for (; position < end; position += 1) if (block.content[position] === "\n") line += 1;
    return line;
  };
}

function endOfComment(lines: readonly string[], from: number): number {
  const end = lines.findIndex((line, index) => index >= from && line.includes("-->"));
  return end === -1 ? lines.length : end;
}

function countTags(html: string, open: Map<string, number>): void {
  const visible = html.replaceAll(/<!--[\s\S]*?(?:-->|$)/g, "");
  for (const [, slash, tag = ""] of visible.matchAll(/<(\/?)([a-z][a-z0-9]*)\b/gi)) {
    const name = tag.toLowerCase();
    if (!enclosing.has(name)) continue;
    const count = (open.get(name) ?? 0) + (slash ? -1 : 1);
    if (count > 0) open.set(name, count);
    else open.delete(name);
  }
}

function addRules(md: MarkdownIt): void {
  md.inline.ruler.before("text", commandToken, (state, silent) => {
    // Inside a link's text the level is above 0: that text is a label, not a line.
    if (silent || state.level > 0 || !startsLine(state)) return false;
    if (!call.test(state.src.slice(state.pos, state.pos + "/codegen".length + 1))) return false;
    // Only the word is taken: a code span that opens in the argument may reach over the next lines.
    return take(state, commandToken, "/codegen".length);
  });
  md.inline.ruler.after("html_inline", openCommentToken, (state, silent) => {
    if (silent || !state.src.startsWith("<!--", state.pos)) return false;
    return take(state, openCommentToken, "<!--".length);
  });
}

function startsLine(state: StateInline): boolean {
  let before = state.pos - 1;
  while (state.src[before] === " ") before -= 1;
  return before < 0 || state.src[before] === "\n";
}

function take(state: StateInline, type: string, length: number): true {
  const token = state.push(type, "", 0);
  token.meta = { position: state.pos };
  state.pos += length;
  return true;
}
