import { createHash, type Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

/** git's name for a file with this content, by the hash that `like` was made with. */
export function oidOf(content: Buffer, like: string): string {
  return blobHash(content.length, like).update(content).digest("hex");
}

/** The same for an open file of that size, however large. */
export async function oidOfFile(handle: FileHandle, size: number, like: string): Promise<string> {
  return digestOf(handle, size, blobHash(size, like));
}

/** SHA-256 of what an open file of that size holds, in hex. */
export async function sha256OfFile(handle: FileHandle, size: number): Promise<string> {
  return digestOf(handle, size, createHash("sha256"));
}

async function digestOf(handle: FileHandle, size: number, hash: Hash): Promise<string> {
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
