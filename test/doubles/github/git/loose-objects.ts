import { createHash, randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { constants, deflateSync, inflateSync } from "node:zlib";
import { FULL_SHA } from "./read-objects.ts";

/** git's well-known empty tree: the base of a diff that shows everything. */
export const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

export interface GitObject {
  readonly type: string;
  readonly content: Buffer;
}

export interface RawEntry {
  readonly mode: string;
  readonly name: string;
  readonly sha: string;
}

/** Room for `type size`. */
const headerBytes = 40;

/**
 * An object that lies in a file of its own, as git writes what comes singly or in small pushes (gitformat-loose). To read it takes a
 * hundredth of the time of a process.
 * @returns undefined where only git itself can tell: it is packed, or not there
 */
export function readLoose(dir: string, sha: string): GitObject | undefined {
  const packed = readObjectFile(dir, sha);
  if (packed === undefined) return undefined;
  const bytes = inflateSync(packed);
  const end = bytes.indexOf(0);
  const [type = ""] = bytes.subarray(0, end).toString("latin1").split(" ");
  return { type, content: bytes.subarray(end + 1) };
}

/** Type and bytes of an object, as `readLoose`, without reading it all. */
export function readLooseHeader(dir: string, sha: string): { type: string; size: number } | undefined {
  const packed = readObjectFile(dir, sha);
  if (packed === undefined) return undefined;
  const start = inflateSync(packed.subarray(0, 4 * headerBytes), { finishFlush: constants.Z_SYNC_FLUSH });
  const [type = "", size = ""] = start.subarray(0, start.indexOf(0)).toString("latin1").split(" ");
  return { type, size: Number(size) };
}

/** Stores an object as git does, and gives its sha. */
export function writeLoose(dir: string, type: string, content: Buffer): string {
  const bytes = Buffer.concat([Buffer.from(`${type} ${String(content.length)}\0`), content]);
  const sha = createHash("sha1").update(bytes).digest("hex");
  const file = fileOf(dir, sha);
  if (existsSync(file)) return sha;
  mkdirSync(join(file, ".."), { recursive: true });
  // Readers see all of it or nothing; git clears away what bears such a name.
  const unfinished = join(file, "..", `tmp_obj_${randomBytes(6).toString("hex")}`);
  writeFileSync(unfinished, deflateSync(bytes, { level: 1 }));
  chmodSync(unfinished, 0o444);
  renameSync(unfinished, file);
  return sha;
}

/** The entries of one loose tree in git's order; undefined as of `readLoose`, and where it is no tree. */
export function readLooseTree(dir: string, sha: string): RawEntry[] | undefined {
  const tree = readLoose(dir, sha);
  if (tree?.type !== "tree") return undefined;
  const { content } = tree;
  const entries: RawEntry[] = [];
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at);
    const end = content.indexOf(0, space);
    const mode = content.toString("latin1", at, space).padStart(6, "0");
    entries.push({
      mode,
      name: content.toString("utf8", space + 1, end),
      sha: content.toString("hex", end + 1, end + 21),
    });
    at = end + 21;
  }
  return entries;
}

/** The object of that type that a full sha stands for, tags and commits followed; null when it stands for none, undefined as of `readLoose`. */
export function peelLoose(dir: string, sha: string, type: "commit" | "tree"): string | null | undefined {
  const object = readLoose(dir, sha);
  if (object === undefined) return undefined;
  if (object.type === type) return sha;
  const named = { tag: "object", commit: type === "tree" ? "tree" : undefined }[object.type];
  if (named === undefined) return null;
  const [, next] = new RegExp(`^${named} ([0-9a-f]{40})\n`).exec(object.content.toString("latin1")) ?? [];
  return next === undefined ? undefined : peelLoose(dir, next, type);
}

function readObjectFile(dir: string, sha: string): Buffer | undefined {
  if (!FULL_SHA.test(sha)) return undefined;
  try {
    return readFileSync(fileOf(dir, sha));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function fileOf(dir: string, sha: string): string {
  return join(dir, "objects", sha.slice(0, 2), sha.slice(2));
}
