import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createOutputLog } from "../../../src/sandbox/output.ts";

const logOf = (limit: number, chunks: readonly Uint8Array[]) => {
  const log = createOutputLog(limit);
  for (const chunk of chunks) log.add(Buffer.from(chunk));
  return log;
};

describe("an output log", () => {
  test("keeps everything up to its limit", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (pieces) => {
        const text = pieces.join("");
        const log = logOf(
          Buffer.byteLength(text),
          pieces.map((piece) => Buffer.from(piece)),
        );
        expect(log.text()).toBe(text);
        expect(log.droppedBytes).toBe(0);
      }),
    );
  });

  test("keeps the first and the last bytes above it, and counts the others, however they come", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), fc.integer({ min: 2, max: 60 }), (chunks, limit) => {
        const ascii = chunks.map((chunk) => chunk.map((byte) => 97 + (byte % 26)));
        const all = Buffer.concat(ascii);
        const log = logOf(limit, ascii);
        expect(log.total).toBe(all.length);
        expect(log.droppedBytes).toBe(Math.max(0, all.length - limit));
        const half = Math.floor(limit / 2);
        const expected =
          all.length <= limit
            ? all.toString()
            : `${all.subarray(0, half).toString()}\n[${all.length - limit} bytes left out]\n${all.subarray(all.length - (limit - half)).toString()}`;
        expect(log.text()).toBe(expected);
      }),
    );
  });

  test("does not show halves of characters where it was cut", () => {
    for (let limit = 2; limit < 40; limit++)
      expect(logOf(limit, [Buffer.from("€😀é".repeat(20))]).text()).not.toContain("\ufffd");
  });

  test("stays small under a flood of small pieces", () => {
    const log = createOutputLog(1_000);
    for (let index = 0; index < 50_000; index++) log.add(Buffer.from("0123456789"));
    expect(log.droppedBytes).toBe(500_000 - 1_000);
    expect(log.text().endsWith("0123456789")).toBe(true);
  });
});
