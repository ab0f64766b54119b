import { constants } from "node:fs";
import { readlink, unlink } from "node:fs/promises";
import { UserError } from "../errors.ts";
import { oidOf, oidOfFile } from "./blob-hash.ts";
import type { Mirror } from "./mirror.ts";
import type { TreeEntry } from "./objects.ts";
import { entriesOf, openFile, withDirectory, type Entry, type SafeDirectory } from "./safe-directory.ts";

export interface Separation {
  readonly mirror: Pick<Mirror, "listFiles">;
  /** The commit or tree that the directory began with. */
  readonly treeish: string;
  /** The files as they are now. */
  readonly directory: string;
  /** What was written, as a tree of its own: only in directories that it has can anything have changed. */
  readonly written: string;
}

const most = 10;

/**
 * Takes files of the commit out of what was written, so that it can lie beneath another commit: there a file that was merely written again
 * would come back where the other commit has none.
 * @returns files of the commit that are gone or no longer what it says, ten at most; when there is one, what was written belongs to that commit
 */
export async function separateFromCommit(request: Separation): Promise<readonly string[]> {
  const directories = directoriesOf(await request.mirror.listFiles(request.treeish));
  const changed: string[] = [];
  const walk = async (parents: readonly string[]): Promise<void> => {
    const touched = await kindsIn(request.written, parents);
    const present = await kindsIn(request.directory, parents);
    for (const [name, tracked] of directories.get(parents.join("/")) ?? []) {
      if (changed.length >= most) return;
      const kind = present.get(name);
      const isTouched = touched.has(name);
      if (tracked === "directory") {
        if (kind !== "directory") changed.push([...parents, name].join("/"));
        else if (touched.get(name) === "directory") await walk([...parents, name]);
      } else if (tracked.kind !== "submodule" && (kind !== tracked.kind || isTouched)) {
        const isSame = await withDirectory(request.directory, parents, (at) => same(at, name, tracked));
        if (!isSame) changed.push(tracked.path);
        else if (isTouched) await withDirectory(request.written, parents, (at) => unlink(at.at(name)));
      }
    }
  };
  await walk([]);
  return changed;
}

type Tracked = ReadonlyMap<string, TreeEntry | "directory">;

function directoriesOf(entries: readonly TreeEntry[]): ReadonlyMap<string, Tracked> {
  const found = new Map<string, Map<string, TreeEntry | "directory">>();
  const enter = (path: string) => {
    const known = found.get(path);
    if (known !== undefined) return known;
    const made = new Map<string, TreeEntry | "directory">();
    found.set(path, made);
    if (path !== "") enter(parentOf(path)).set(nameOf(path), "directory");
    return made;
  };
  // A name that is no text cannot be compared with what is found.
  for (const entry of entries)
    if (!entry.path.includes("\ufffd")) enter(parentOf(entry.path)).set(nameOf(entry.path), entry);
  return found;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** What cannot be entered has nothing in it that could be read. */
async function kindsIn(root: string, parents: readonly string[]): Promise<ReadonlyMap<string, Entry["kind"]>> {
  const entries = await withDirectory(root, parents, entriesOf).catch((error: unknown) => {
    if (error instanceof UserError) return [];
    throw error;
  });
  return new Map(entries.map(({ name, kind }) => [name, kind]));
}

async function same(parent: SafeDirectory, name: string, tracked: TreeEntry): Promise<boolean> {
  try {
    if (tracked.kind === "link") {
      const target = await readlink(parent.at(name), { encoding: "buffer" }).catch(() => undefined);
      return target !== undefined && oidOf(target, tracked.oid) === tracked.oid;
    }
    const { handle, stats } = await openFile(parent, name, constants.O_RDONLY, tracked.path);
    try {
      if (stats.size !== tracked.size || ((stats.mode & 0o100) !== 0) !== tracked.executable) return false;
      return (await oidOfFile(handle, stats.size, tracked.oid)) === tracked.oid;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
