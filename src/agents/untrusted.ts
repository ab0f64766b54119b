import { randomBytes } from "node:crypto";
import { stripVTControlCharacters } from "node:util";
import { withoutComments } from "./html-comments.ts";

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
