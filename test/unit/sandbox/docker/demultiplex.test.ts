import { describe, expect, test } from "@jest/globals";
import { Readable } from "node:stream";
import fc from "fast-check";
import { demultiplex } from "../../../../src/sandbox/docker/demultiplex.ts";

const frame = (stream: number, payload: Buffer) => {
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
};

async function takenFrom(chunks: readonly Buffer[]): Promise<Record<string, string>> {
  const taken: Record<string, string> = { stdout: "", stderr: "" };
  await demultiplex(Readable.from(chunks), (name, chunk) => void (taken[name] += chunk.toString("latin1")));
  return taken;
}

describe("the engine's frames", () => {
  test("are taken apart wherever the chunks are cut", async () => {
    const payload = fc.tuple(fc.constantFrom(1, 2), fc.string({ maxLength: 40 }));
    await fc.assert(
      fc.asyncProperty(fc.array(payload, { maxLength: 6 }), fc.integer({ min: 1, max: 30 }), async (frames, size) => {
        const bytes = Buffer.concat(frames.map(([stream, text]) => frame(stream, Buffer.from(text, "latin1"))));
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
          bytes.subarray(at * size, (at + 1) * size),
        );
        const sent = (kind: number) => frames.flatMap(([stream, text]) => (stream === kind ? [text] : [])).join("");
        expect(await takenFrom(chunks)).toEqual({ stdout: sent(1), stderr: sent(2) });
      }),
      { numRuns: 50 },
    );
  });

  test("are handed on before they are whole", async () => {
    const whole = frame(1, Buffer.from("first second"));
    expect(await takenFrom([whole.subarray(0, 13)])).toEqual({ stdout: "first", stderr: "" });
  });

  test("are told from anything else", async () => {
    await expect(takenFrom([Buffer.from("HTTP/1.1 500")])).rejects.toThrow("sent no frame");
    await expect(takenFrom([frame(3, Buffer.from("x"))])).rejects.toThrow("sent no frame");
  });
});
