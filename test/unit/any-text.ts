import fc from "fast-check";

/** Text of any code points, lone surrogates included. Fast-check's own strings of all of Unicode cost most of a second to set up. */
export function anyText(maxLength: number): fc.Arbitrary<string> {
  const point = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 0x7f }) },
    { weight: 3, arbitrary: fc.integer({ min: 0x80, max: 0xffff }) },
    { weight: 1, arbitrary: fc.integer({ min: 0x10000, max: 0x10ffff }) },
  );
  return fc.array(point, { maxLength }).map((points) => String.fromCodePoint(...points));
}
