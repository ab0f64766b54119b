/** The git repository that a folder of this machine lies in: for the command line, on files of whoever starts it. */
import { existsSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { toSha, type Sha } from "../domain/ids.ts";
import { UserError } from "../errors.ts";
import { openCommitFiles, type CommitFiles } from "./commit-files.ts";
import { folderFiles, type FolderFiles } from "./folder-files.ts";
import { fieldsOf, git, GitError } from "./git.ts";
import { openObjects, type GitObjects } from "./objects.ts";

export interface LocalRepository {
  /** The top of the work tree. */
  readonly root: string;
  readonly objects: GitObjects;
  /** Of the whole repository, by paths from its top, also those that git was not told of; what `.gitignore` names is left out. */
  readonly files: FolderFiles;
  /** The commit that a revision stands for. @throws UserError when there is none */
  commitOf(revision: string): Promise<Sha>;
  /** The files of a commit. */
  filesOf(commit: Sha): Promise<CommitFiles>;
}

const timeoutMs = 60_000;

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
