/**
 * Lines of the input and the output of a process that does one thing after the other. Without streams: to load them takes as long as to analyse a
 * file.
 */

/** Not by an import: that asks for all that the module has, streams and promises too, and takes 20 ms. */
const { readSync, writeSync } = process.getBuiltinModule("node:fs");
const [input, output] = [0, 1];

export function* readLines(): Generator<string, void, undefined> {
  const piece = Buffer.allocUnsafe(1 << 18);
  let parts: Buffer[] = [];
  for (;;) {
    const size = patiently(() => readSync(input, piece));
    if (size === 0) return;
    let start = 0;
    for (let end = piece.indexOf(10); end !== -1 && end < size; end = piece.indexOf(10, start)) {
      yield Buffer.concat([...parts, piece.subarray(start, end)]).toString();
      [parts, start] = [[], end + 1];
    }
    if (start < size) parts.push(Buffer.from(piece.subarray(start, size)));
  }
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
