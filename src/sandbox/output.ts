/** A command's output as it comes: the first and the last half of the limit are kept, what lies between is counted. */
export interface OutputLog {
  add(chunk: Buffer): void;
  /** Bytes seen so far. */
  readonly total: number;
  readonly droppedBytes: number;
  text(): string;
}

/** @param limit bytes kept, head and tail together */
export function createOutputLog(limit: number): OutputLog {
  const headLimit = Math.floor(limit / 2);
  const tailLimit = limit - headLimit;
  const head: Buffer[] = [];
  let headBytes = 0;
  let tail: Buffer[] = [];
  let tailBytes = 0;
  let total = 0;

  const keepTail = (chunk: Buffer) => {
    tail.push(chunk);
    tailBytes += chunk.length;
    // Joined rarely, so that a flood of small chunks costs neither time nor one object each.
    if (tailBytes <= 2 * tailLimit && tail.length <= 1_024) return;
    const joined = Buffer.concat(tail);
    tail = [Buffer.from(joined.subarray(Math.max(0, joined.length - tailLimit)))];
    tailBytes = tail[0]?.length ?? 0;
  };
  const parts = () => {
    const joined = Buffer.concat(tail);
    return { start: Buffer.concat(head), end: joined.subarray(Math.max(0, joined.length - tailLimit)) };
  };
  const dropped = () => Math.max(0, total - headBytes - Math.min(tailLimit, total - headBytes));

  return {
    add(chunk) {
      total += chunk.length;
      const room = headLimit - headBytes;
      const first = chunk.subarray(0, room);
      if (first.length > 0) {
        head.push(Buffer.from(first));
        headBytes += first.length;
      }
      if (chunk.length > room) keepTail(Buffer.from(chunk.subarray(room)));
    },
    get total() {
      return total;
    },
    get droppedBytes() {
      return dropped();
    },
    text() {
      const { start, end } = parts();
      if (dropped() === 0) return Buffer.concat([start, end]).toString("utf8");
      return `${withoutBrokenEnd(start)}\n[${dropped()} bytes left out]\n${withoutBrokenStart(end)}`;
    },
  };
}

/** Decodes without the character that the cut at the end has split. */
function withoutBrokenEnd(bytes: Buffer): string {
  // In stream mode an unfinished character at the end is held back, which here means: left away.
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes, { stream: true });
}

function withoutBrokenStart(bytes: Buffer): string {
  let start = 0;
  while (start < 3 && start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
  return bytes.subarray(start).toString("utf8");
}
