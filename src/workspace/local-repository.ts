/** A folder of this machine, and the git repository that it lies in: for the command line, on files of whoever starts it. */
import { existsSync, lstatSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { toSha, type Sha } from "../domain/ids.ts";
import { UserError } from "../errors.ts";
import { oidOf } from "./blob-hash.ts";
import { openCommitFiles, type CommitFiles, type RepositoryFile } from "./commit-files.ts";
import { fieldsOf, git, GitError } from "./git.ts";
import { openObjects, type GitObjects } from "./objects.ts";

/** Files as they lie there now, also those that git was not told of; what `.gitignore` names is left out. */
export type FolderFiles = Omit<CommitFiles, "id"> & { readonly id: null };

export interface LocalRepository {
  /** The top of the work tree. */
  readonly root: string;
  readonly objects: GitObjects;
  /** Of the whole repository, by paths from its top. */
  readonly files: FolderFiles;
  /** The commit that a revision stands for. @throws UserError when there is none */
  commitOf(revision: string): Promise<Sha>;
  /** The files of a commit. */
  filesOf(commit: Sha): Promise<CommitFiles>;
}

const timeoutMs = 60_000;
/** Bytes of a file that is given a name: larger ones are listed without. */
const largestFile = 1_000_000;
const mostFiles = 200_000;
/** Folders that are none of the project where no git says so. */
const skipped = new Set([".git", "node_modules", ".venv", "__pycache__"]);

/** The repository of git that a folder lies in; null when it lies in none. */
export async function findLocalRepository(folder: string): Promise<LocalRepository | null> {
  const start = resolve(folder);
  // To ask git would take as long as to read some hundred files.
  if (!isBelowGit(start)) return null;
  let found: string;
  try {
    const asked = ["-C", start, "rev-parse", "--show-toplevel", "--absolute-git-dir"];
    found = (await git(asked, { timeoutMs, maxOutput: 10_000 })).stdout.toString();
  } catch (error) {
    if (error instanceof GitError && /not a git repository|must be run in a work tree/.test(error.stderr)) return null;
    throw error;
  }
  const [root = start, gitDirectory = join(start, ".git")] = found.split("\n");
  const objects = openObjects(gitDirectory, timeoutMs);
  const options = { gitDirectory, workTree: root, timeoutMs, maxOutput: 256 * 1024 ** 2 };
  return {
    root,
    objects,
    files: folderFiles(root, async () =>
      fieldsOf(
        (await git(["-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], options)).stdout,
      ),
    ),
    async commitOf(revision) {
      try {
        const asked = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`];
        return toSha((await git(asked, options)).stdout.toString().trim());
      } catch (error) {
        if (!(error instanceof GitError)) throw error;
        throw new UserError(`${root} has no commit ${JSON.stringify(revision.slice(0, 200))}.`, { cause: error });
      }
    },
    filesOf: (commit) => openCommitFiles(objects, commit),
  };
}

/** Whether git would find anything here or above. */
function isBelowGit(folder: string): boolean {
  for (let at = realpathSync(folder); ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return true;
    if (dirname(at) === at) return false;
  }
}

/** The files below a folder that is in no repository. */
export function openFolder(folder: string): FolderFiles {
  const root = resolve(folder);
  return folderFiles(root, () => walk(root));
}

/** As they are when they are listed for the first time. */
function folderFiles(root: string, names: () => Promise<readonly string[]>): FolderFiles {
  const lookThrough = async (): Promise<readonly RepositoryFile[]> => {
    const files: RepositoryFile[] = [];
    for (const path of [...new Set(await names())].slice(0, mostFiles)) {
      files.push(...look(root, path));
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
      for (const [at, { path, blob }] of files.entries()) {
        if (at % breath === breath - 1) await setImmediate();
        const content = readIfThere(join(root, path));
        // What was changed since it was listed is another file.
        if (content !== null && oidOf(content, blob) === blob) yield { blob, content };
      }
    },
    // It has no id that others could know, and is not compared with states that were kept.
    changesSince: () => Promise.resolve(null),
  };
}

/** Files after which others get their turn. They are read one after the other: to hand each step to another thread takes five times as long. */
const breath = 50;

function readIfThere(place: string): Buffer | null {
  try {
    return readFileSync(place);
  } catch {
    return null;
  }
}

function look(root: string, path: string): readonly RepositoryFile[] {
  const place = join(root, path);
  try {
    const stats = lstatSync(place);
    const { size } = stats;
    if (stats.isSymbolicLink())
      return [{ path, kind: "link", blob: oidOf(Buffer.from(readlinkSync(place)), sha1), size }];
    if (stats.isDirectory()) return [{ path, kind: "submodule", blob: "", size: 0 }];
    if (!stats.isFile()) return [];
    return [{ path, kind: "file", blob: size > largestFile ? "" : oidOf(readFileSync(place), sha1), size }];
  } catch (error) {
    // Listed by git and removed since, or not ours to read.
    if (error instanceof Error && "code" in error && /^(?:ENOENT|ENOTDIR|EACCES)$/.test(String(error.code))) return [];
    throw error;
  }
}

/** An id of the length that names of this kind have. */
const sha1 = "0".repeat(40);

async function walk(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined && found.length < mostFiles; folder = folders.pop())
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const place = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!skipped.has(entry.name)) folders.push(place);
      } else found.push(relative(root, place));
    }
  return found.toSorted();
}
