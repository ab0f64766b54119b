import { constants, type Stats } from "node:fs";
import { lstat, open, readdir, type FileHandle } from "node:fs/promises";
import { UserError } from "../errors.ts";

/**
 * A directory that is held open. Names are resolved below the descriptor (`/proc/self/fd/N/name`) one at a time and
 * without following links, so that nobody who renames or swaps things meanwhile can lead us out of the workspace.
 */
export interface SafeDirectory {
  readonly handle: FileHandle;
  /** A path of the host to one name in this directory. */
  at(name: string): string;
}

/** What a name in a directory is. */
export type EntryKind = "file" | "directory" | "link" | "other";

export interface Entry {
  readonly name: string;
  readonly kind: EntryKind;
  /** False when the name is no UTF-8 text; `name` is then only good for showing. */
  readonly readable: boolean;
}

const directoryFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Splits a path that a person, a model or a repository gave. @throws UserError when it is not below the root */
export function partsOf(path: string): readonly string[] {
  const shown = JSON.stringify(path.slice(0, 200));
  if (path.includes("\0")) throw new UserError(`The path ${shown} contains a NUL character.`);
  if (path.startsWith("/")) throw new UserError(`The path ${shown} is absolute; give one relative to the workspace.`);
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw new UserError(`The path ${shown} contains "..", which could leave the workspace.`);
  if (parts.some(isGitName)) throw new UserError(`The path ${shown} is in a .git directory, which belongs to git.`);
  return parts;
}

/** Names that git, on one system or another, takes for `.git`. */
export function isGitName(name: string): boolean {
  // macOS ignores these code points in names, Windows trailing dots and spaces, and knows the short name.
  const plain = name
    .replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, "")
    .replace(/[. ]+$/, "")
    .toLowerCase();
  return plain === ".git" || plain === "git~1" || plain.startsWith(".git:");
}

/** Opens the root and each part below it, calls `work` with the last, and closes them all. */
export async function withDirectory<T>(
  root: string,
  parts: readonly string[],
  work: (directory: SafeDirectory) => Promise<T>,
  enter = openChild,
): Promise<T> {
  const handles: FileHandle[] = [];
  try {
    let directory = directoryOf(await open(root, directoryFlags));
    handles.push(directory.handle);
    for (const [index, part] of parts.entries()) {
      directory = directoryOf(await enter(directory, part, parts.slice(0, index + 1).join("/")));
      handles.push(directory.handle);
    }
    return await work(directory);
  } finally {
    for (const handle of handles) await handle.close();
  }
}

/** @throws UserError when the name is missing, a link, or no directory */
export async function openChild(parent: SafeDirectory, name: string, shown: string): Promise<FileHandle> {
  try {
    return await open(parent.at(name), directoryFlags);
  } catch (error) {
    throw explain(error, shown, await kindAt(parent, name));
  }
}

/** Opens a regular file; FIFOs, devices and links are refused without being touched. */
export async function openFile(
  parent: SafeDirectory,
  name: string,
  flags: number,
  shown: string,
): Promise<{ handle: FileHandle; stats: Stats }> {
  let handle: FileHandle;
  try {
    // Without O_NONBLOCK, opening a FIFO would wait for its other end.
    handle = await open(parent.at(name), flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o644);
  } catch (error) {
    throw explain(error, shown, await kindAt(parent, name));
  }
  const stats = await handle.stat();
  if (stats.isFile()) return { handle, stats };
  await handle.close();
  throw new UserError(`${shown} is ${stats.isDirectory() ? "a directory" : "neither a file nor a directory"}.`);
}

/** At most `limit` bytes of a file, and whether there are more. */
export async function readUpTo(handle: FileHandle, limit: number): Promise<{ content: Buffer; more: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  while (size <= limit) {
    const { bytesRead, buffer } = await handle.read({
      buffer: Buffer.allocUnsafe(Math.min(256 * 1024, limit + 1 - size)),
      position: size,
    });
    if (bytesRead === 0) break;
    chunks.push(buffer.subarray(0, bytesRead));
    size += bytesRead;
  }
  return { content: Buffer.concat(chunks).subarray(0, limit), more: size > limit };
}

/** What is in a directory, in git's order (a directory sorts as if its name ended in a slash). */
export async function entriesOf(directory: SafeDirectory): Promise<Entry[]> {
  const found = await readdir(directory.at("."), { withFileTypes: true, encoding: "buffer" });
  const entries = found.map((entry): Entry => {
    const name = entry.name.toString("utf8");
    const kind = entry.isFile()
      ? "file"
      : entry.isDirectory()
        ? "directory"
        : entry.isSymbolicLink()
          ? "link"
          : "other";
    return { name, kind, readable: Buffer.from(name, "utf8").equals(entry.name) };
  });
  const key = ({ name, kind }: Entry) => (kind === "directory" ? `${name}/` : name);
  return entries.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

function directoryOf(handle: FileHandle): SafeDirectory {
  return { handle, at: (name) => `/proc/self/fd/${handle.fd}/${name}` };
}

async function kindAt(parent: SafeDirectory, name: string): Promise<EntryKind | undefined> {
  const found = await lstat(parent.at(name)).catch(() => undefined);
  if (found === undefined) return undefined;
  return found.isSymbolicLink() ? "link" : found.isDirectory() ? "directory" : found.isFile() ? "file" : "other";
}

function explain(error: unknown, shown: string, kind: EntryKind | undefined): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return new UserError(`${shown} does not exist.`, { cause: error });
  if (code === "ELOOP" || kind === "link")
    return new UserError(`${shown} is a symbolic link, which is not followed.`, { cause: error });
  if (code === "ENOTDIR") return new UserError(`${shown} is not a directory.`, { cause: error });
  if (code === "EISDIR") return new UserError(`${shown} is a directory.`, { cause: error });
  if (code === "ENXIO" || code === "ENODEV" || kind === "other")
    return new UserError(`${shown} is neither a file nor a directory.`, { cause: error });
  if (code === "ENAMETOOLONG")
    return new UserError(`${shown.slice(0, 100)}… is too long for a name.`, { cause: error });
  if (code === "EACCES" || code === "EPERM")
    return new UserError(`${shown} cannot be opened: permission denied.`, { cause: error });
  if (code === "ENOSPC" || code === "EDQUOT")
    return new UserError(`${shown} cannot be written: no space left.`, { cause: error });
  return error;
}
