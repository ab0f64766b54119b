import type { Readable } from "node:stream";

/** A line that is longer says that whoever wrote it has lost its senses. */
const longest = 256 * 1024 ** 2;

/**
 * The lines of a stream of bytes, each as soon as it is there. Only "\n" ends one: `node:readline` also takes U+2028 for an end, which may stand
 * in a text of JSON. What the stream breaks off in is no line.
 * @throws what the stream ends with, and when a line is longer than 256 MiB
 */
export async function* linesOf(stream: Readable): AsyncGenerator<string, void, undefined> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = piece.indexOf(10); end !== -1; end = piece.indexOf(10, start)) {
      const last = piece.subarray(start, end);
      yield (parts.length === 0 ? last : Buffer.concat([...parts, last])).toString();
      [parts, length, start] = [[], 0, end + 1];
    }
    if (start === piece.length) continue;
    parts.push(piece.subarray(start));
    length += piece.length - start;
    if (length > longest) throw new Error(`A line is longer than ${longest} bytes.`);
  }
}
