import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

/** git's name for a file with this content, by the hash that `like` was made with. */
export function oidOf(content: Buffer, like: string): string {
  return blobHash(content.length, like).update(content).digest("hex");
}

/** The same for an open file of that size, however large. */
export async function oidOfFile(handle: FileHandle, size: number, like: string): Promise<string> {
  const hash = blobHash(size, like);
  const buffer = Buffer.allocUnsafe(Math.min(size, 1_048_576) || 1);
  for (let at = 0; at < size;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
  return hash.digest("hex");
}

function blobHash(size: number, like: string) {
  return createHash(like.length === 64 ? "sha256" : "sha1").update(`blob ${size}\0`);
}
