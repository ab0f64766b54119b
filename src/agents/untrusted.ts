import { randomBytes } from "node:crypto";
import { stripVTControlCharacters } from "node:util";

// Text that a contributor could write, before a model reads it. Cleaning is hygiene: it takes away what a person would not see on the page.
// The boundary holds because the agent has no token and its tools are few, not because of this file.

/** Every code point that renders as nothing: zero-width, bidi controls, TAG characters, variation selectors, annotation marks. */
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u{FFF9}-\u{FFFB}]/gu;
const controls = /(?![\n\t])\p{Cc}/gu;

/**
 * Text as a reader of the page sees it: without terminal sequences, control and invisible characters, and without HTML comments outside of
 * code (an unterminated one hides everything after it on GitHub, so that goes too).
 */
export function sanitize(text: string): string {
  return withoutComments(withoutControls(text).replace(invisible, ""));
}

/**
 * File contents and command output: nothing is lost, but what cannot be seen becomes visible, `⟦U+202E⟧`, so that it neither hides nor
 * works. {@link fromVisible} turns it back.
 */
export function toVisible(text: string): string {
  return lines(text).replace(invisible, shown).replace(controls, shown);
}

/** Output of a command: terminal sequences go, the rest as in {@link toVisible}. */
export function outputToVisible(text: string): string {
  return toVisible(stripVTControlCharacters(text));
}

/** The text that {@link toVisible} showed. */
export function fromVisible(text: string): string {
  return text.replace(/⟦U\+([0-9A-F]{4,6})⟧/g, (whole, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** Wraps untrusted text in a boundary that nobody can guess, so that the text cannot pretend to end. */
export interface Fence {
  readonly boundary: string;
  wrap(from: string, text: string): string;
}

export function createFence(): Fence {
  const boundary = `data-${randomBytes(12).toString("hex")}`;
  return {
    boundary,
    wrap: (from, text) => {
      const label = toVisible(from)
        .replace(/[\n\t"<>]+/g, " ")
        .slice(0, 200);
      return `<${boundary} from="${label}">\n${text.replaceAll(boundary, "[boundary]")}\n</${boundary}>`;
    },
  };
}

function withoutControls(text: string): string {
  return stripVTControlCharacters(lines(text)).replace(controls, "");
}

function lines(text: string): string {
  return text.toWellFormed().replace(/\r\n?|[\u2028\u2029]/g, "\n");
}

function shown(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return `⟦U+${hex}⟧`;
}

/** One pass from left to right, as Markdown is read: a comment may hold backticks, and code may hold `<!--`. */
function withoutComments(text: string): string {
  // A fence of backticks has none in the rest of its line; else it is a span.
  const token = /^ {0,3}(`{3,}(?=[^`\n]*$)|~{3,})[^\n]*$|(`+)|<!--/gm;
  let kept = "";
  let at = 0;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    if (match[0] === "<!--") {
      kept += text.slice(at, match.index);
      const close = text.indexOf("-->", match.index + 2);
      at = close === -1 ? text.length : close + 3;
      token.lastIndex = at;
      if (close === -1) break;
    } else if (match[1]) {
      token.lastIndex = endOfFence(text, token.lastIndex, match[1]);
    } else {
      token.lastIndex = endOfSpan(text, token.lastIndex, match[2] ?? "");
    }
  }
  return kept + text.slice(at);
}

function endOfFence(text: string, from: number, opening: string): number {
  const mark = opening.startsWith("~") ? "~" : "`";
  const closing = new RegExp(`^ {0,3}${mark}{${opening.length},}[ \\t]*$`, "gm");
  closing.lastIndex = from;
  return closing.test(text) ? closing.lastIndex : text.length;
}

/** The end of a code span, or where it began when no equal run of backticks follows in its paragraph. */
function endOfSpan(text: string, from: number, opening: string): number {
  const blank = text.slice(from).search(/\n[ \t]*\n/);
  const paragraph = blank === -1 ? text.length : from + blank;
  const run = /`+/g;
  run.lastIndex = from;
  for (let match = run.exec(text); match && match.index < paragraph; match = run.exec(text)) {
    if (match[0].length === opening.length) return run.lastIndex;
  }
  return from;
}
