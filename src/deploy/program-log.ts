/** What a program prints while it runs: the end of it, and whether a line has come that somebody waits for. */
import { RE2JS } from "re2js";

export interface ProgramLog {
  /** Takes what one stream gives: the lines of several do not mix, wherever they are cut. */
  reader(): (chunk: Buffer) => void;
  /** The last characters. */
  tail(): string;
  /** Bytes in all. */
  readonly total: number;
  /** A line with what is waited for has come. */
  readonly matched: boolean;
}

export interface LogSign {
  readonly text: string;
  /** `text` is an expression of RE2, whose time grows with the line's length alone. */
  readonly isPattern: boolean;
}

/** Of a line that is longer only the last part is looked at: it comes from anybody. */
const longestLine = 4_096;

/**
 * @param kept characters of the end that are kept
 * @param onOutput is called with pieces as they come
 */
export function createProgramLog(
  kept: number,
  sign: LogSign | null,
  onOutput: (piece: string) => void = () => {},
): ProgramLog {
  const holds = sign === null ? () => false : holder(sign);
  let tail = "";
  let total = 0;
  let matched = false;
  return {
    reader() {
      const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
      let line = "";
      return (chunk) => {
        total += chunk.length;
        const text = decoder.decode(chunk, { stream: true });
        tail = (tail + text).slice(-kept);
        onOutput(text);
        if (matched || sign === null) return;
        const lines = (line + text).split("\n");
        // The last one may go on, and is looked at as far as it has come.
        matched = lines.some((one) => holds(one.slice(-longestLine)));
        line = (lines.at(-1) ?? "").slice(-longestLine);
      };
    },
    tail: () => tail.toWellFormed(),
    get total() {
      return total;
    },
    get matched() {
      return matched;
    },
  };
}

function holder({ text, isPattern }: LogSign): (line: string) => boolean {
  if (!isPattern) return (line) => line.includes(text);
  const pattern = RE2JS.compile(text);
  return (line) => pattern.matcher(line).find();
}
