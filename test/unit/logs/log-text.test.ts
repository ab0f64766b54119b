import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { createLogText } from "../../../src/logs/log-text.ts";
import { plainLine } from "../../../src/logs/render-line.ts";

const red = "\u001B[31m";
const bold = "\u001B[1m";
const off = "\u001B[0m";

function kept(...pieces: string[]): string {
  const text = createLogText();
  return pieces.map((piece) => text.push(piece)).join("") + text.end();
}

describe("the text of a log, as it is kept", () => {
  test("begins each line with the colours in effect", () => {
    expect(kept(`a ${red}b\nc\n${bold}d\ne${off}\nf`)).toBe(
      `a ${red}b\n${red}c\n${red}${bold}d\n${red}${bold}e${off}\nf`,
    );
    expect(kept(`${red}a\u001B[0;1mb\nc`)).toBe(`${red}a\u001B[0;1mb\n\u001B[0;1mc`);
  });

  test("has one kind of line end, and a return only where a line was written over", () => {
    expect(kept("a\r\nb\r\r\nc\r", "\nd 10%\rd 2", "0%\r", "d 30%\n")).toBe("a\nb\nc\n\rd 20%\rd 30%\n");
  });

  test("shows controls, invisible characters and turns of direction by name", () => {
    expect(kept("a\0b\bc\u0007d\u0085e\u202Ef\u200Bg\u2028h\u{E0041}i👩‍💻❤️")).toBe(
      "a␀b␈cd⟨U+0085⟩e⟨U+202E⟩f⟨U+200B⟩g⟨U+2028⟩h⟨U+E0041⟩i👩‍💻❤️",
    );
  });

  test("reads the same wherever it came in pieces, and holds no control character", () => {
    const part = fc.constantFrom(
      "word",
      " ",
      "\r",
      "\n",
      "\r\n",
      red,
      bold,
      off,
      "\0",
      "\u202E",
      "\u001B",
      "😀",
      "<b>",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), fc.nat(20), (parts, at) => {
        const whole = kept(parts.join(""));
        const cut = kept(parts.slice(0, at).join(""), parts.slice(at).join(""));
        const shown = (text: string) => text.split("\n").map(plainLine);
        expect(shown(cut)).toEqual(shown(whole));
        for (const line of shown(whole)) expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
      }),
      { numRuns: 300 },
    );
  });
});
