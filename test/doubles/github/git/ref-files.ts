import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A full ref whose file lies where its name says, inside the folder `refs`. */
const PLAIN = /^refs(?:\/(?!\.)[\w.-]+(?<!\.lock))+$/;

/**
 * The object that a full ref names, a tag object unpeeled: git keeps each in a file of its own (gitrepository-layout), which is read in
 * a hundredth of the time of a process.
 * @returns null when there is no such ref; undefined where only git itself can tell: packed or symbolic refs, unusual names
 */
export function readRefFile(dir: string, name: string): string | null | undefined {
  if (!PLAIN.test(name) || name.includes("..")) return undefined;
  const content = readIfThere(join(dir, name));
  if (content !== null) return /^([0-9a-f]{40})\n$/.exec(content)?.[1];
  return existsSync(join(dir, "packed-refs")) ? undefined : null;
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    // A folder of refs, or a part of the name that is a ref itself.
    if (error instanceof Error && "code" in error && ["ENOENT", "EISDIR", "ENOTDIR"].includes(String(error.code)))
      return null;
    throw error;
  }
}
