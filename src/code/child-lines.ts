/**
 * The input and the output of a process that does one thing after the other. Without streams: to load them takes as long as to analyse a file.
 */

/** Not by an import: that asks for all that the module has, streams and promises too, and takes 20 ms. */
const { readSync, writeSync } = process.getBuiltinModule("node:fs");
const [input, output] = [0, 1];

/** What was read and not taken yet lies between `start` and `end`. */
const piece = Buffer.allocUnsafe(1 << 18);
let [start, end] = [0, 0];

/** The next line without its end; null where there is none, or only the beginning of one. */
export function readLine(): string | null {
  const parts: Buffer[] = [];
  while (hasMore()) {
    const at = piece.subarray(start, end).indexOf(10);
    const part = piece.subarray(start, at === -1 ? end : start + at);
    start += part.length + (at === -1 ? 0 : 1);
    if (at !== -1) return parts.length === 0 ? part.toString() : Buffer.concat([...parts, part]).toString();
    parts.push(Buffer.from(part));
  }
  return null;
}

/** The next bytes, or those that are left. */
export function readBytes(count: number): Buffer {
  const all = Buffer.allocUnsafe(count);
  let size = 0;
  while (size < count && hasMore()) {
    const copied = piece.copy(all, size, start, Math.min(end, start + count - size));
    size += copied;
    start += copied;
  }
  return all.subarray(0, size);
}

function hasMore(): boolean {
  if (start === end) [start, end] = [0, patiently(() => readSync(input, piece))];
  return end > 0;
}

export function writeLine(line: string): void {
  const bytes = Buffer.from(`${line}\n`);
  for (let at = 0; at < bytes.length;) at += patiently(() => writeSync(output, bytes, at));
}

/** Where who started the process reads and writes without waiting, this end may be so, too. */
function patiently(work: () => number): number {
  for (;;)
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
      Atomics.wait(pause, 0, 0, 1);
    }
}

const pause = new Int32Array(new SharedArrayBuffer(4));
