/** Which content is code that somebody wrote, and worth a look. */

/** Bytes of a file that is read. */
export const largestFile = 1_000_000;
const most = { line: 20_000, meanLine: 400 };
/** In a comment, as generators write it; not in the text that a generator holds. */
const generated =
  /^\s*(?:\/\/|\/?\*|#|<!--|--|;).*(?:@generated\b|\bDO NOT EDIT\b|\bCode generated (?:by|from)\b|\b(?:automatically|auto-)\s?generated\b)/im;

export type Content =
  | {
      readonly end: "text";
      readonly text: string;
      /** A sentence for a person, when the first 2,000 characters say that the file is generated. */
      readonly generated: string | null;
    }
  | { readonly end: "left out"; readonly reason: string };

/**
 * The text of a file, without a byte order mark. Left out, with a sentence why: what is longer than 1,000,000 bytes, binary, not UTF-8, or
 * minified.
 */
export function readContent(bytes: Uint8Array): Content {
  if (bytes.length > largestFile) return leftOut(`it has more than ${largestFile.toLocaleString("en")} bytes`);
  if (bytes.subarray(0, 8_000).includes(0)) return leftOut("it is binary");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return leftOut("it is not UTF-8");
  }
  const lines = countLines(text);
  if (lines.longest > most.line || (text.length > 20_000 && text.length / lines.count > most.meanLine))
    return leftOut("its lines are those of a minified file");
  const isGenerated = generated.test(text.slice(0, 2_000));
  return { end: "text", text, generated: isGenerated ? reasonFor("it says that it is generated") : null };
}

/** @param why the end of a sentence */
export function leftOut(why: string): { readonly end: "left out"; readonly reason: string } {
  return { end: "left out", reason: reasonFor(why) };
}

function reasonFor(why: string): string {
  return `The file is not analysed: ${why}.`;
}

function countLines(text: string): { count: number; longest: number } {
  let [count, longest, start] = [0, 0, 0];
  while (start <= text.length) {
    const at = text.indexOf("\n", start);
    const end = at === -1 ? text.length : at;
    count += 1;
    longest = Math.max(longest, end - start);
    start = end + 1;
  }
  return { count, longest };
}
