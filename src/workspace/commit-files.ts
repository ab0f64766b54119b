/** The files of one state of a repository, by the names that git has for their contents. */
import { GitError } from "./git.ts";
import type { GitObjects } from "./objects.ts";
import { readContents } from "./read-contents.ts";

export interface RepositoryFile {
  readonly path: string;
  readonly kind: "file" | "link" | "submodule";
  /** git's name for the content. */
  readonly blob: string;
  /** Bytes. */
  readonly size: number;
}

export interface CommitFiles {
  /** git's name for the tree: equal for equal files. */
  readonly id: string;
  /** @param paths only what lies at these */
  list(paths?: readonly string[]): Promise<readonly RepositoryFile[]>;
  /** By one git. @throws GitError when one of them is not there */
  read(
    files: Iterable<RepositoryFile>,
  ): AsyncGenerator<{ readonly blob: string; readonly content: Buffer }, void, undefined>;
  /** Paths whose files differ from those of another commit or tree; null when the repository does not have that one. */
  changesSince(id: string): Promise<readonly string[] | null>;
  /**
   * Has git look for the files that differ from those of another commit or tree, and read them, for who will need them: then they are there. Large
   * contents are left. Never rejects: what goes wrong is told to who needs them.
   */
  preload(id: string): Promise<void>;
}

/** Bytes of contents that are kept of one state. */
const mostKept = 1024 ** 2;
/** Files of a list that is kept. */
const mostListed = 50_000;
const mostPreloaded = 200;

/** @param commit a commit or tree that the repository has */
export async function openCommitFiles(objects: GitObjects, commit: string): Promise<CommitFiles> {
  const id = await objects.treeOf(commit);
  /** What was asked for by its path, or is in the whole list: the same files and changes are asked for several times, and each time starts a git. */
  const known = new Map<string, RepositoryFile>();
  let whole: readonly RepositoryFile[] | undefined;
  const listAnew = async (paths?: readonly string[]) =>
    (await objects.listFiles(id, paths)).map(({ path, kind, oid, size }) => ({ path, kind, blob: oid, size }));
  /** As well as the contents of a few files. */
  const contents = new Map<string, Buffer>();
  let room = mostKept;
  const changesOf = new Map<string, Promise<readonly string[] | null>>();
  const compare = async (other: string) => {
    try {
      return (await objects.changedPaths(other, id)).map(({ path }) => path);
    } catch (error) {
      if (error instanceof GitError && /bad object|not a tree|unable to read/i.test(error.stderr)) return null;
      throw error;
    }
  };
  const files: CommitFiles = {
    id,
    async list(paths) {
      if (whole !== undefined) return paths === undefined ? whole : pick(whole, known, paths);
      if (paths === undefined) {
        const all = await listAnew();
        if (all.length > mostListed) return all;
        for (const file of all) known.set(file.path, file);
        return (whole = all);
      }
      const found = new Map(paths.flatMap((path) => (known.has(path) ? [[path, known.get(path)] as const] : [])));
      const missing = new Set(paths.filter((path) => !known.has(path)));
      for (const file of missing.size === 0 ? [] : await listAnew([...missing])) {
        found.set(file.path, file);
        // A folder is given as the files that lie in it.
        if (missing.has(file.path)) known.set(file.path, file);
      }
      return [...found.values()].flatMap((file) => file ?? []);
    },
    async *read(some) {
      const wanted = Array.from(some, ({ blob, size }) => ({ oid: blob, size }));
      const there = wanted.flatMap(({ oid }) => {
        const content = contents.get(oid);
        return content === undefined ? [] : { blob: oid, content };
      });
      const missing = wanted.filter(({ oid }) => !contents.has(oid));
      const size = missing.reduce((sum, each) => sum + each.size, 0);
      const isKept = size <= room;
      if (isKept) room -= size;
      yield* there;
      for await (const [{ oid }, content] of readContents(missing, { gitDirectory: objects.directory })) {
        if (isKept) contents.set(oid, content);
        yield { blob: oid, content };
      }
    },
    changesSince(other) {
      const changes = changesOf.get(other) ?? compare(other);
      changesOf.set(other, changes);
      return changes;
    },
    preload: (other) => preloadFiles(files, other).catch(() => undefined),
  };
  return files;
}

/** As git picks them: a folder is given as the files that lie in it. */
function pick(
  all: readonly RepositoryFile[],
  byPath: ReadonlyMap<string, RepositoryFile>,
  paths: readonly string[],
): readonly RepositoryFile[] {
  const found = new Set(paths.flatMap((path) => byPath.get(path) ?? []));
  const folders = new Set(paths.filter((path) => !byPath.has(path)));
  if (folders.size > 0)
    for (const file of all) if (foldersOf(file.path).some((each) => folders.has(each))) found.add(file);
  return [...found];
}

function foldersOf(path: string): readonly string[] {
  return [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index));
}

async function preloadFiles(files: CommitFiles, other: string): Promise<void> {
  const changed = (await files.changesSince(other)) ?? [];
  if (changed.length > mostPreloaded) return;
  const entries = (await files.list(changed)).filter(({ kind }) => kind === "file");
  if (entries.reduce((sum, { size }) => sum + size, 0) > mostKept) return;
  const reading = files.read(entries);
  while ((await reading.next()).done !== true);
}
