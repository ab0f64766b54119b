import { plainLine } from "./render-line.ts";

/** A line as it is stored, with colours and returns; numbers are from 1. */
export interface StoredLine {
  readonly number: number;
  readonly text: string;
}

interface Chunk {
  readonly seq: number;
  readonly line: number;
  readonly text: string;
}

/** The lines of chunks that follow each other. Where something was not kept the numbers jump. The first one may lack its beginning. */
export function linesOf(chunks: readonly Pick<Chunk, "line" | "text">[]): readonly StoredLine[] {
  const lines: { number: number; text: string }[] = [];
  for (const chunk of chunks) {
    for (const [index, text] of chunk.text.split("\n").entries()) {
      const number = chunk.line + index;
      const last = lines.at(-1);
      if (last?.number === number) last.text += text;
      else lines.push({ number, text });
    }
  }
  // Behind the last line end there is no line yet, nor is there one before a jump.
  return lines.filter(({ number, text }, index) => lines[index + 1]?.number === number + 1 || plainLine(text) !== "");
}

/** Reads the chunks of one log: those after a number, or the last ones before one; oldest first. */
export type ReadChunks = (range: { after?: number; before?: number; limit: number }) => Promise<readonly Chunk[]>;

export interface Tail {
  readonly lines: readonly StoredLine[];
  /** Nothing stands before the first of them. */
  readonly whole: boolean;
}

const chunksAtOnce = 16;
/** Of a line no more than this is shown. */
const longestShown = 4_000;
const lastSeq = 2 ** 31 - 1;

/** The end of a log: at most so many lines and about so many characters, without reading what stands before. */
export async function readTail(read: ReadChunks, most: { lines: number; characters: number }): Promise<Tail> {
  let chunks: readonly Chunk[] = [];
  for (;;) {
    const limit = Math.max(chunksAtOnce, chunks.length);
    const before = await read({ before: chunks[0]?.seq ?? lastSeq, limit });
    chunks = [...before, ...chunks];
    const lines = linesOf(chunks);
    const atStart = before.length < limit;
    // Of the first line the beginning may stand in a chunk before it.
    const shown = lastLines(atStart ? lines : lines.slice(1), most);
    if (atStart) return { lines: shown, whole: shown.length === lines.length };
    if (shown.length < lines.length - 1) return { lines: shown, whole: false };
  }
}

function lastLines(lines: readonly StoredLine[], most: { lines: number; characters: number }): readonly StoredLine[] {
  let characters = 0;
  const from = lines.findLastIndex(({ text }, index) => {
    characters += Math.min(text.length, longestShown);
    return lines.length - index > most.lines || characters > most.characters;
  });
  return lines.slice(from + 1);
}

/** The whole log as plain text, piece by piece. */
export async function* plainText(read: ReadChunks): AsyncGenerator<string> {
  let after = 0;
  let open: readonly Chunk[] = [];
  for (;;) {
    const chunks = await read({ after, limit: chunksAtOnce });
    const lines = linesOf([...open, ...chunks]);
    const last = chunks.at(-1);
    const isEnd = last === undefined || chunks.length < chunksAtOnce;
    // The last line may go on in the next chunk.
    const whole = isEnd ? lines : lines.slice(0, -1);
    if (whole.length > 0) yield `${whole.map(({ text }) => plainLine(text)).join("\n")}\n`;
    if (isEnd) return;
    after = last.seq;
    const rest = lines.at(-1);
    open = rest === undefined ? [] : [{ seq: last.seq, line: rest.number, text: rest.text }];
  }
}
