/**
 * Text that a contributor or a program wrote, made harmless inside our own markdown: it cannot mention people, hide text, load
 * images, close our fences or colour a terminal.
 */

// eslint-disable-next-line no-control-regex -- control characters are what this removes
const ansi = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-Z\\-_])/g;
const controls = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;
const invisible =
  /[\u00AD\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\u{E0000}-\u{E0FFF}]/gu;

/** One or more lines without terminal codes and invisible characters. */
function clean(text: string): string {
  return text
    .toWellFormed()
    .replaceAll("\r\n", "\n")
    .replaceAll(ansi, "")
    .replaceAll(controls, "")
    .replaceAll(invisible, "");
}

/** Untrusted words as plain text on one line. */
export function plain(text: string): string {
  return clean(text)
    .replaceAll(/\s*\n\s*/g, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(/[\\`*_[\]~|!]/g, String.raw`\$&`)
    .replaceAll(/@(?=[\w-])/g, "@\u200B")
    .replaceAll(/#(?=\d)/g, "#\u200B");
}

/** Untrusted prose that may keep its paragraphs, lists and inline code, but no mentions, images, html or hidden text. */
export function prose(text: string): string {
  return clean(text)
    .replaceAll("<", "&lt;")
    .replaceAll("![", "!\\[")
    .replaceAll(/@(?=[\w-])/g, "@\u200B");
}

/** Inline code, with a fence longer than any run of backticks inside. */
export function code(text: string): string {
  const inner = clean(text).replaceAll("\n", " ");
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

export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
