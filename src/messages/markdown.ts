/**
 * Text that a contributor or a program wrote, made harmless inside our own markdown: it cannot mention people, hide text, load
 * images, close issues, end our structure or colour a terminal. A zero-width space breaks what would work; unlike an entity it also reads well
 * inside inline code.
 */
import { balanced } from "./balance.ts";

// Terminal sequences (ECMA-48): control sequences, strings with their end, two-character escapes.
// oxlint-disable-next-line no-control-regex -- control characters are what this removes
const ansi = /(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]|\u001B\][^\u0007\u001B\n]*(?:\u0007|\u001B\\)?|\u001B[@-Z\\-_]/g;
// oxlint-disable-next-line no-control-regex -- all of category Cc but tab and line feed
const controls = /[\0-\u0008\u000B-\u001F\u007F-\u009F]/g;
/** Every code point that renders as nothing or turns the direction of what follows. */
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u{FFF0}-\u{FFFB}]/gu;
const gap = "\u200B";
/** Words by which GitHub closes an issue when a commit or pull with them is merged, before what looks like an issue. */
const closing = /\b(close[sd]?|fix(?:es|ed)?|resolve[sd]?)(?=:?\s+(?:[\w./-]*#\d|gh-\d|https?:))/gi;
/** Inline code is for names, paths and lines, not for documents. */
const longestCode = 300;

/** Untrusted words as plain text on one line. */
export function plain(text: string): string {
  return oneLine(clean(text))
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(/[\\`*_[\]~|!]/g, String.raw`\$&`)
    .replaceAll(/@(?=[\w-])/g, `@${gap}`)
    .replaceAll(/#(?=\d)/g, `#${gap}`);
}

/** Untrusted prose that may keep its paragraphs, lists and code, but no mentions, images, html, hidden text or open fence. */
export function prose(text: string): string {
  return balanced(quiet(clean(text)));
}

/** The same on one line, for items of a list. */
export function sentence(text: string): string {
  return quiet(oneLine(clean(text)));
}

/** The same in a cell of a table. */
export function inCell(text: string): string {
  return sentence(text).replaceAll(/\\*\|/g, "\\|");
}

/** Untrusted words for a commit: nothing in them closes issues, calls people, skips checks or passes for a trailer of ours. */
export function commitText(text: string): string {
  return quiet(clean(text))
    .replaceAll(/\[(?=(?:skip|no) ci\]|ci skip\]|skip actions\]|actions skip\])/gi, `[${gap}`)
    .replaceAll(/^(?=[A-Za-z][\w-]*: )/gm, gap);
}

/** Inline code, with a fence longer than any run of backticks inside; what is too long for it is cut. */
export function code(text: string): string {
  // What cleaning removes is counted too, up to a point: a log is not worth reading for its first line.
  const whole = clean(text.slice(0, 10 * longestCode)).replaceAll("\n", " ");
  const inner = whole.length > longestCode ? `${whole.slice(0, longestCode).toWellFormed()}…` : whole;
  const ticks = "`".repeat(longestRun(inner) + 1);
  const pad = inner.startsWith("`") || inner.endsWith("`") || inner.trim() === "" ? " " : "";
  return `${ticks}${pad}${inner}${pad}${ticks}`;
}

/** A fenced block, with a fence longer than any inside. */
export function fenced(text: string, language = ""): string {
  const inner = clean(text).replace(/\n+$/, "");
  const fence = "`".repeat(Math.max(3, longestRun(inner) + 1));
  return `${fence}${language}\n${inner}\n${fence}`;
}

export function details(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** The address of a file at a commit, which stays true. @param webUrl of the repository */
export function fileAddress(webUrl: string, commit: string, path: string, kind: "blob" | "tree" = "blob"): string {
  // Brackets too, since the address stands between them.
  const part = (name: string) => encodeURIComponent(name.toWellFormed()).replaceAll("(", "%28").replaceAll(")", "%29");
  return `${webUrl}/${kind}/${commit}/${path.split("/").map(part).join("/")}`;
}

export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}

/** Without terminal codes, control and invisible characters; every kind of line end is `\n`, and no fence is longer than anybody needs. */
function clean(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(ansi, "")
    .replaceAll(/\r\n?|[\u2028\u2029\u0085]/g, "\n")
    .replaceAll(controls, "")
    .replaceAll(invisible, "")
    .replaceAll(/(?:`{60}|~{60})(?=[`~])/g, `$&${gap}`);
}

function oneLine(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "").join(" ");
}

/** Entities are broken as well: GitHub looks for mentions after it has decoded them. */
function quiet(text: string): string {
  return text
    .replaceAll(/&(?=#?\w+;)/g, `&${gap}`)
    .replaceAll(/<(?=[A-Za-z/!?])/g, `<${gap}`)
    .replaceAll(/!(?=\[)/g, `!${gap}`)
    .replaceAll(/@(?=[\w-])/g, `@${gap}`)
    .replaceAll(closing, `$1${gap}`);
}

function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}
