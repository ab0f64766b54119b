import createMarkdown, { type MarkdownIt, type Token } from "markdown-it";

// HTML comments are what a page does not show, and code is where `<!--` is shown. Which of both a place is, only Markdown's own rules tell: an
// escaped backtick, a quote or an HTML block around it decides. So the text is parsed as GitHub does, and only what is surely code is kept.

const markdown = createMarkdown("default", { html: true }).use(markBackticks);
// It changes nothing here, and costs the most in text made to be slow.
markdown.disable(["emphasis", "strikethrough"]);

/** GitHub takes less for a body. Longer text is no page's: nothing in it is taken for code. */
const longest = 300_000;

/**
 * The text without HTML comments; one without an end hides everything after it, so that goes too.
 * @param text with LF line ends only
 * @see https://spec.commonmark.org/0.31.2/#html-blocks
 */
export function withoutComments(text: string): string {
  if (!text.includes("<!--")) return text;
  const shown = text.length > longest ? new Set<number>() : shownInCode(text);
  let kept = "";
  let at = 0;
  for (let start = text.indexOf("<!--"); start !== -1; start = text.indexOf("<!--", start)) {
    if (shown.has(start)) {
      start += 4;
      continue;
    }
    kept += text.slice(at, start);
    // `<!-->` and `<!--->` are whole comments.
    const close = text.indexOf("-->", start + 2);
    at = close === -1 ? text.length : close + 3;
    start = at;
  }
  return kept + text.slice(at);
}

/** Where in the text a `<!--` stands in code that the page shows. */
function shownInCode(text: string): ReadonlySet<number> {
  const lines = text.split("\n");
  const starts = [0];
  for (const line of lines) starts.push((starts.at(-1) ?? 0) + line.length + 1);
  const found = new Set<number>();
  const keep = (line: number, column: number) => found.add((starts[line] ?? 0) + column);
  for (const block of markdown.parse(text, {})) {
    const [from, to] = block.map ?? [0, 0];
    // What stands beside the opening fence is not shown.
    if (block.type === "fence") keepLines(lines, from + 1, to, keep);
    else if (block.type === "code_block") keepLines(lines, from, to, keep);
    else if (block.type === "inline") keepSpans(block, lines, keep);
  }
  return found;
}

type Keep = (line: number, column: number) => void;

function keepLines(lines: readonly string[], from: number, to: number, keep: Keep): void {
  for (let line = from; line < to; line += 1) for (const column of places(lines[line] ?? "")) keep(line, column);
}

/** A block's content has its lines without what stands before them (quotes, lists, spaces): each is the end of a line of the text. */
function keepSpans(block: Token, lines: readonly string[], keep: Keep): void {
  const spans = spansOf(block);
  let position = 0;
  for (const [index, content] of spans.length === 0 ? [] : block.content.split("\n").entries()) {
    const line = (block.map?.[0] ?? 0) + index;
    const shift = (lines[line] ?? "").lastIndexOf(content);
    for (const column of shift === -1 ? [] : places(content)) {
      const place = position + column;
      if (spans.some(({ from, to }) => from <= place && place < to)) keep(line, shift + column);
    }
    position += content.length + 1;
  }
}

function places(line: string): readonly number[] {
  return Array.from(line.matchAll(/<!--/g), ({ index }) => index);
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** The code spans of a block by their places in its content. */
function spansOf(block: Token): readonly Span[] {
  const tokens = block.children ?? [];
  return tokens.flatMap(({ type, markup }, index) => {
    const from: unknown = tokens[index - 1]?.meta?.["position"];
    if (type !== "code_inline" || typeof from !== "number") return [];
    const run = /`+/g;
    run.lastIndex = from + markup.length;
    let close = run.exec(block.content);
    while (close !== null && close[0] !== markup) close = run.exec(block.content);
    return close === null ? [] : [{ from, to: close.index }];
  });
}

/** Tokens do not say where they stand: one before each run of backticks does. */
function markBackticks(md: MarkdownIt): void {
  md.inline.ruler.before("backticks", "codegen_backticks", (state, silent) => {
    if (!silent && state.src[state.pos] === "`") state.push("codegen_backticks", "", 0).meta = { position: state.pos };
    return false;
  });
}
