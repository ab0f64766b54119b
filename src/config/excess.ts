import { Lexer } from "yaml";

/** Larger files are refused before they are parsed: a hostile one costs seconds and hundreds of megabytes. */
const maxBytes = 64 * 1024;
/** Keys, list entries and brackets: the cost of reading grows faster than their number. */
const maxMarks = 1_500;
/** The parser calls itself for every level. */
const maxDepth = 30;
const marks = new Set([":", "-", "?", ",", "[", "{"]);

export interface Excess {
  /** Where it begins, in characters from the start of the text. */
  readonly offset: number;
  readonly message: string;
}

/** What makes a text too costly to parse, found without parsing it; null when nothing does. Its own cost is bounded too. */
export function findExcess(text: string): Excess | null {
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes) return { offset: 0, message: `The file has ${bytes} bytes; at most ${maxBytes} are read.` };
  let offset = 0;
  let count = 0;
  let brackets = 0;
  let inLine = 0;
  let scalar = false;
  for (const token of new Lexer().lex(text)) {
    // One-character control tokens of the lexer are not in the text: 0x02 opens a document, 0x1F announces a plain scalar.
    if (token === "\u0002" || token === "\u001F" || token === "\u0018") {
      scalar = token === "\u001F";
      continue;
    }
    if (!scalar) {
      if (marks.has(token)) count += 1;
      if (token === "[" || token === "{") brackets += 1;
      if (token === "]" || token === "}") brackets = Math.max(0, brackets - 1);
      if (token === "-" || token === "?") inLine += 1;
      if (token === "\n" || token === "\r\n") inLine = 0;
    }
    scalar = false;
    if (brackets > maxDepth || inLine > maxDepth)
      return { offset, message: `The file nests more than ${maxDepth} levels deep here.` };
    if (count > maxMarks)
      return { offset, message: `The file has more than ${maxMarks} keys and list entries; the rest was not read.` };
    offset += token.length;
  }
  return null;
}
