/** The files of a folder of this machine, as somebody left them there. */
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { oidOf } from "./blob-hash.ts";
import type { CommitFiles, RepositoryFile } from "./commit-files.ts";

/** A file is as it is when the name of its content is asked for; changed later, it cannot be read any more. */
export type FolderFiles = Omit<CommitFiles, "id" | "preload"> & { readonly id: null };

/** Bytes of a file whose content is given a name. */
const largestFile = 1_000_000;
const mostFiles = 200_000;
/** Bytes of contents that are kept from when they were named until they are read. */
const mostKept = 8_000_000;
/** Folders that are none of the project where no git says so. */
const skipped = new Set([".git", "node_modules", ".venv", "__pycache__"]);
/** Files after which others get their turn. They are read one after the other: to hand each step to another thread takes five times as long. */
const breath = 50;
/** An id of the length that names of this kind have. */
const sha1 = "0".repeat(40);

/** The files below a folder that is in no repository. */
export function openFolder(root: string): FolderFiles {
  return folderFiles(root, () => walk(root));
}

/** @param names paths from the root, some of which may not be there any more; asked for once */
export function folderFiles(root: string, names: () => Promise<readonly string[]>): FolderFiles {
  const contents = createContents(root);
  const lookThrough = async (): Promise<readonly RepositoryFile[]> => {
    const files: RepositoryFile[] = [];
    for (const path of [...new Set(await names())].slice(0, mostFiles)) {
      files.push(...look(root, path, contents));
      if (files.length % breath === 0) await setImmediate();
    }
    return files;
  };
  let listed: Promise<readonly RepositoryFile[]> | undefined;
  return {
    id: null,
    async list(paths) {
      const all = await (listed ??= lookThrough());
      const named = paths && new Set(paths);
      return named === undefined ? all : all.filter(({ path }) => named.has(path));
    },
    async *read(files) {
      let left = breath;
      for (const { path, blob } of files) {
        if (--left === 0) {
          left = breath;
          await setImmediate();
        }
        const content = contents.take(path, blob);
        if (content !== null) yield { blob, content };
      }
    },
    // It has no id that others could know, and is not compared with states that were kept.
    changesSince: () => Promise.resolve(null),
  };
}

interface Contents {
  /** Names the content of a file; empty when it cannot be read. */
  name(path: string): string;
  /** The content by its name; null when that is not what lies there. */
  take(path: string, blob: string): Buffer | null;
}

/** What is named is mostly read at once, so that each file is read from the disk once. */
function createContents(root: string): Contents {
  const kept = new Map<string, { readonly blob: string; readonly content: Buffer }>();
  let room = mostKept;
  const drop = (path: string) => {
    room += kept.get(path)?.content.length ?? 0;
    kept.delete(path);
  };
  return {
    name(path) {
      const content = readIfThere(join(root, path));
      if (content === null) return "";
      const blob = oidOf(content, sha1);
      drop(path);
      kept.set(path, { blob, content });
      room -= content.length;
      for (const first of kept.keys()) {
        if (room >= 0) break;
        drop(first);
      }
      return blob;
    },
    take(path, blob) {
      const known = kept.get(path);
      drop(path);
      if (known?.blob === blob) return known.content;
      const content = readIfThere(join(root, path));
      return content !== null && oidOf(content, blob) === blob ? content : null;
    },
  };
}

/** Most of those who list files ask for the names of few contents, or much later. */
class NamedLate implements RepositoryFile {
  readonly path: string;
  readonly kind = "file";
  readonly size: number;
  readonly #contents: Contents;
  #blob: string | undefined;

  constructor(path: string, size: number, contents: Contents) {
    this.path = path;
    this.size = size;
    this.#contents = contents;
  }

  get blob(): string {
    return (this.#blob ??= this.#contents.name(this.path));
  }
}

function look(root: string, path: string, contents: Contents): readonly RepositoryFile[] {
  const place = join(root, path);
  try {
    const stats = lstatSync(place);
    const { size } = stats;
    if (stats.isSymbolicLink())
      return [{ path, kind: "link", blob: oidOf(Buffer.from(readlinkSync(place)), sha1), size }];
    if (stats.isDirectory()) return [{ path, kind: "submodule", blob: "", size: 0 }];
    if (!stats.isFile()) return [];
    return [size > largestFile ? { path, kind: "file", blob: "", size } : new NamedLate(path, size, contents)];
  } catch (error) {
    // Listed by git and removed since, or not ours to look at.
    if (error instanceof Error && "code" in error && /^(?:ENOENT|ENOTDIR|EACCES)$/.test(String(error.code))) return [];
    throw error;
  }
}

function readIfThere(place: string): Buffer | null {
  try {
    return readFileSync(place);
  } catch {
    return null;
  }
}

async function walk(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined && found.length < mostFiles; folder = folders.pop()) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (!entry.isDirectory()) found.push(path);
      else if (!skipped.has(entry.name)) folders.push(path);
    }
    if (folders.length % breath === 0) await setImmediate();
  }
  return found.toSorted();
}
