import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { readLooseHeader } from "./loose-objects.ts";

/** A full ref whose file lies where its name says, inside the folder `refs`. */
const PLAIN = /^refs(?:\/(?!\.)[\w.-]+(?<!\.lock))+$/;

/** Not that of what is not there. */
const SOME_SHA = /^(?!0+$)[0-9a-f]{40}$/;

/** Whether it is a full ref name as git takes it; undefined where only git itself can tell. */
export function isPlainRef(name: string): true | undefined {
  return PLAIN.test(name) && !name.includes("..") && !name.endsWith(".") ? true : undefined;
}

/**
 * The object that a full ref names, a tag object unpeeled: git keeps each in a file of its own (gitrepository-layout), which is read in
 * a hundredth of the time of a process.
 * @returns null when there is no such ref; undefined where only git itself can tell: packed or symbolic refs, unusual names
 */
export function readRefFile(dir: string, name: string): string | null | undefined {
  if (!isPlainRef(name)) return undefined;
  const content = readIfThere(join(dir, name));
  if (content !== null) return /^([0-9a-f]{40})\n$/.exec(content)?.[1];
  return existsSync(join(dir, "packed-refs")) ? undefined : null;
}

/** The refs below a prefix, sorted by full name; undefined where only git itself can tell. */
export function readRefFiles(dir: string, prefix: string): { name: string; sha: string }[] | undefined {
  if (prefix !== "refs" && !isPlainRef(prefix)) return undefined;
  if (existsSync(join(dir, "packed-refs"))) return undefined;
  try {
    const entries = readdirSync(join(dir, prefix), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const names = files.map((file) => relative(dir, file)).filter((name) => !name.endsWith(".lock"));
    const refs = names.map((name) => ({ name, sha: readRefFile(dir, name) }));
    refs.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
    return refs.every((ref): ref is { name: string; sha: string } => typeof ref.sha === "string") ? refs : undefined;
  } catch (error) {
    // The prefix is no folder, or one below it went away meanwhile.
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * Sets a full ref under git's own lock, as `git update-ref`: `expected` null means it must not exist, undefined whatever it is.
 * @returns undefined where that is git's to do or to refuse
 */
export function writeRefFile(
  dir: string,
  name: string,
  sha: string,
  expected: string | null | undefined,
): "ok" | "stale" | undefined {
  const type = readLooseHeader(dir, sha)?.type;
  if (type === undefined || (name.startsWith("refs/heads/") && type !== "commit")) return undefined;
  if (typeof expected === "string" && !SOME_SHA.test(expected)) return undefined;
  if (readRefFile(dir, name) === undefined) return undefined;
  const file = join(dir, name);
  const lock = `${file}.lock`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    closeSync(openSync(lock, "wx"));
  } catch (error) {
    // Another holds it, for whom git waits; or a part of the name is a ref itself.
    if (isMissing(error) || hasCode(error, "EEXIST")) return undefined;
    throw error;
  }
  let isHeld = true;
  try {
    const before = readRefFile(dir, name);
    if (before === undefined) return undefined;
    if (expected !== undefined && before !== expected) return "stale";
    writeFileSync(lock, `${sha}\n`);
    renameSync(lock, file);
    isHeld = false;
    return "ok";
  } catch (error) {
    // A folder of refs is in its place.
    if (isMissing(error) || hasCode(error, "ENOTEMPTY", "EEXIST")) return undefined;
    throw error;
  } finally {
    if (isHeld) rmSync(lock);
  }
}

function isMissing(error: unknown): boolean {
  return hasCode(error, "ENOENT", "EISDIR", "ENOTDIR");
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    // A folder of refs, or a part of the name that is a ref itself.
    if (isMissing(error)) return null;
    throw error;
  }
}
