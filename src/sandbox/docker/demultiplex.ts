import type { Readable } from "node:stream";

export type StreamName = "stdout" | "stderr";

const headerBytes = 8;

/**
 * Takes apart what the engine sends for a command without a terminal: frames of a header (stream, three zero bytes, length as a 32 bit
 * big-endian number) and a payload (Docker Engine API, "Attach to a container", stream format). A payload is handed on as it comes, not kept.
 * @param take is waited for, so that a slow reader slows the command down
 * @throws Error for what is no such stream
 */
export async function demultiplex(
  stream: Readable,
  take: (name: StreamName, chunk: Buffer) => Promise<void> | void,
): Promise<void> {
  let header = Buffer.alloc(0);
  let name: StreamName = "stdout";
  let left = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    let rest = piece;
    while (rest.length > 0) {
      if (left > 0) {
        const payload = rest.subarray(0, left);
        left -= payload.length;
        rest = rest.subarray(payload.length);
        await take(name, payload);
        continue;
      }
      const missing = headerBytes - header.length;
      header = Buffer.concat([header, rest.subarray(0, missing)]);
      rest = rest.subarray(missing);
      if (header.length < headerBytes) break;
      name = streamOf(header);
      left = header.readUInt32BE(4);
      header = Buffer.alloc(0);
    }
  }
}

function streamOf(header: Buffer): StreamName {
  const [kind] = header;
  if ((kind !== 1 && kind !== 2) || header.readUIntBE(1, 3) !== 0)
    throw new Error(`The Docker engine sent no frame but ${header.toString("hex")}.`);
  return kind === 1 ? "stdout" : "stderr";
}
