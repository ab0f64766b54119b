import { describe, expect, test } from "@jest/globals";
import { parseLfsPointer } from "../../../src/workspace/lfs-pointer.ts";

const sha256 = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize 12345\n`;
const parse = (text: string) => parseLfsPointer(Buffer.from(text));

describe("a pointer of Git LFS", () => {
  test("names a hash and a size", () => expect(parse(pointer)).toEqual({ sha256, size: 12_345 }));

  test.each([
    ["nothing", ""],
    ["an older version", pointer.replace("git-lfs.github.com/spec/v1", "hawser.github.com/spec/v1")],
    ["another order", `version https://git-lfs.github.com/spec/v1\nsize 1\noid sha256:${sha256}\n`],
    ["an extension", pointer.replace("oid", `ext-0-foo sha256:${sha256}\noid`)],
    ["more lines", `${pointer}more\n`],
    ["no last line end", pointer.trimEnd()],
    ["line ends of Windows", pointer.replaceAll("\n", "\r\n")],
    ["a hash in capitals", pointer.replace(sha256, sha256.toUpperCase())],
    ["a short hash", pointer.replace(sha256, sha256.slice(1))],
    ["a hash with a path", pointer.replace(sha256, `../../${sha256.slice(6)}`)],
    ["a size below nothing", pointer.replace("12345", "-1")],
    ["a size with zeros before it", pointer.replace("12345", "012345")],
    ["a size that is no number", pointer.replace("12345", "1e9")],
    ["a size beyond all numbers", pointer.replace("12345", "9".repeat(16))],
    ["more than a kilobyte", pointer + " ".repeat(1_024)],
  ])("is not what has %s", (_, text) => expect(parse(text)).toBeUndefined());
});
