/** A stream of a program's output on its way into the store. */
export interface LogText {
  push(piece: string): string;
  end(): string;
}

const colour = String.raw`\u001B\[[0-9;:]*m`;
const colourOrEnd = new RegExp(`${colour}|\n`, "g");
/** C0 but tab, line feed, carriage return and escape; DEL and C1. */
// oxlint-disable-next-line no-control-regex -- control characters are what this shows
const controls = /[\0-\u0008\u000B\u000C\u000E-\u001A\u001C-\u001F\u007F-\u009F]/g;
/** What renders as nothing or turns the direction of what follows, but for what joins and chooses emoji. */
const unseen =
  /(?![\uFE0E\uFE0F\u200D])[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u2028\u2029\u{FFF0}-\u{FFFB}]/gu;
/** Colours of a line before it begins; beyond it the last one alone. */
const longestCarried = 96;

/**
 * Text that has passed the redactor, as it is kept: lines end with `\n`, controls and invisible characters are shown by their names, of terminal
 * sequences only colours are left, and each line begins with the colours that are in effect, so that any line can be read alone. A `\r`
 * stands only where a line was written over.
 */
export function createLogText(): LogText {
  let back = "";
  let carried = "";
  const clean = (text: string): string => {
    const shown = (text.includes("\r") ? withoutOverwritten(text) : text)
      .replaceAll("\u0007", "")
      .replaceAll(controls, (character) => nameOf(character))
      .replaceAll(unseen, (character) => nameOf(character));
    // Programs that flood write millions of lines without any colour.
    if (carried === "" && !shown.includes("\u001B")) return shown;
    return shown.replaceAll(colourOrEnd, (found) => {
      if (found === "\n") return `\n${carried}`;
      carried = carry(carried, found);
      return found;
    });
  };
  return {
    push(piece) {
      const text = back + piece;
      // Whether a line is written over or ends, only the next character tells.
      back = /\r+$/.exec(text)?.[0].slice(0, 1) ?? "";
      return clean(text.replace(/\r+$/, "").toWellFormed());
    },
    end() {
      back = "";
      return "";
    },
  };
}

function withoutOverwritten(text: string): string {
  return text.replaceAll(/\r*\n/g, "\n").split("\n").map(overwritten).join("\n");
}

/** What was written over within one piece need not be kept; colours set there still count. */
function overwritten(line: string): string {
  const at = line.lastIndexOf("\r");
  if (at === -1) return line;
  const colours = line.slice(0, at).match(new RegExp(colour, "g")) ?? [];
  return `\r${colours.slice(-8).join("")}${line.slice(at + 1)}`;
}

/** The colours in effect after one more sequence; a code of 0 sets everything back. */
function carry(before: string, sequence: string): string {
  const codes = sequence.slice(2, -1).split(";");
  if (codes.every((code) => /^0*$/.test(code))) return "";
  if (/^0*$/.test(codes[0] ?? "") || before.length + sequence.length > longestCarried)
    return sequence.length > longestCarried ? "" : sequence;
  return before + sequence;
}

function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}
