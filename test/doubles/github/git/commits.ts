import { isoDate, looseHistory, looseLine, readLooseCommit } from "./history.ts";
import { EMPTY_TREE, peel, readPath, treeOf, writeBlob, writeTree, type TreeChange } from "./objects.ts";
import { writeLooseCommit } from "./loose-writes.ts";
import { readObjects } from "./read-objects.ts";
import { runGit, zeroSeparated } from "./run-git.ts";

/** Author or committer; `date` is ISO 8601, read back in UTC with whole seconds as GitHub shows it. */
export interface GitPerson {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}

/** A commit as GitHub tells it: `message` without the newline at its end. */
export interface GitCommit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: string[];
  readonly author: GitPerson;
  readonly committer: GitPerson;
  readonly message: string;
}

const FIELDS = ["%H", "%T", "%P", "%an", "%ae", "%at", "%cn", "%ce", "%ct", "%B"];
const FORMAT = `--format=tformat:${FIELDS.join("%x00")}`;

/** The commit a name or sha stands for (tags peeled), or null when it is unknown. */
export function resolve(dir: string, rev: string): Promise<string | null> {
  return peel(dir, rev, "commit");
}

/** Commits reachable from `rev`, newest first, `path` restricting to those that touched it. Empty when `rev` is unknown. */
export async function log(
  dir: string,
  rev: string,
  options: { readonly path?: string; readonly limit: number; readonly skip?: number },
): Promise<GitCommit[]> {
  const sha = await resolve(dir, rev);
  if (sha === null) return [];
  const whole = options.path === undefined || options.path === "";
  const single = whole && options.limit === 1 && !options.skip ? readLooseCommit(dir, sha) : undefined;
  if (single !== undefined) return [single];
  const range = [`--max-count=${String(options.limit)}`, `--skip=${String(options.skip ?? 0)}`];
  const paths = options.path === undefined || whole ? [] : [options.path];
  const { stdout } = await readObjects(dir, ["log", "-z", FORMAT, ...range], [sha], { rest: ["--", ...paths] });
  return parseCommits(stdout);
}

/** What `head` has and `base` has not, oldest first. The empty tree as base means the whole history. */
export async function commitsBetween(dir: string, base: string, head: string): Promise<GitCommit[]> {
  const known = base === EMPTY_TREE ? new Set<string>() : looseHistory(dir, base);
  const line = known && looseLine(dir, head, known);
  if (line !== undefined) return line.commits.toReversed();
  const range = base === EMPTY_TREE ? [head] : [`^${base}`, head];
  const { stdout } = await readObjects(dir, ["log", "-z", "--reverse", "--topo-order", FORMAT], range, {
    rest: ["--"],
  });
  return parseCommits(stdout);
}

export interface NewCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: GitPerson;
  readonly committer: GitPerson;
}

/** Writes a commit object and gives its sha. Throws GitError when the tree or a parent is missing or a name is empty. */
export async function createCommit(dir: string, commit: NewCommit): Promise<string> {
  const loose = writeLooseCommit(dir, commit);
  if (loose !== undefined) return loose;
  const parents = commit.parents.flatMap((parent) => ["-p", parent]);
  const env = {
    GIT_AUTHOR_NAME: commit.author.name,
    GIT_AUTHOR_EMAIL: commit.author.email,
    GIT_AUTHOR_DATE: gitDate(commit.author.date),
    GIT_COMMITTER_NAME: commit.committer.name,
    GIT_COMMITTER_EMAIL: commit.committer.email,
    GIT_COMMITTER_DATE: gitDate(commit.committer.date),
  };
  const { stdout } = await runGit(dir, ["commit-tree", commit.tree, ...parents], { env, input: commit.message });
  return stdout.toString().trim();
}

/** Files to write and paths to remove in one commit. */
export interface FileChange {
  readonly additions: readonly { readonly path: string; readonly content: Buffer }[];
  readonly deletions: readonly string[];
}

/**
 * One commit on top of `parent` (null: a root commit) with files added, replaced or removed; a replaced file keeps its mode.
 * Moves no ref. Throws when a path to delete does not exist.
 */
export async function commitFiles(
  dir: string,
  parent: string | null,
  change: FileChange,
  message: string,
  person: GitPerson,
): Promise<string> {
  const baseTree = parent === null ? EMPTY_TREE : await treeOf(dir, parent);
  if (baseTree === null) throw new Error(`no commit ${String(parent)}`);
  const changes: TreeChange[] = [];
  for (const path of change.deletions) {
    if ((await readPath(dir, baseTree, path)) === null) throw new Error(`cannot delete "${path}": no such file`);
    changes.push({ path, mode: "100644", type: "blob", sha: null });
  }
  for (const { path, content } of change.additions) {
    const before = await readPath(dir, baseTree, path);
    const mode = before?.type === "blob" ? before.mode : "100644";
    changes.push({ path, mode, type: "blob", sha: await writeBlob(dir, content) });
  }
  const tree = await writeTree(dir, changes, parent === null ? undefined : baseTree);
  const parents = parent === null ? [] : [parent];
  return createCommit(dir, { tree, parents, message, author: person, committer: person });
}

function gitDate(iso: string): string {
  const seconds = Math.floor(Date.parse(iso) / 1000);
  if (!Number.isFinite(seconds)) throw new Error(`"${iso}" is no ISO 8601 date`);
  return `@${String(seconds)} +0000`;
}

function parseCommits(output: Buffer): GitCommit[] {
  const values = zeroSeparated(output);
  const commits: GitCommit[] = [];
  for (let at = 0; at + FIELDS.length <= values.length; at += FIELDS.length) {
    const [sha = "", tree = "", parents = "", an = "", ae = "", at_ = "", cn = "", ce = "", ct = "", body = ""] =
      values.slice(at, at + FIELDS.length);
    commits.push({
      sha,
      tree,
      parents: parents === "" ? [] : parents.split(" "),
      author: { name: an, email: ae, date: isoDate(at_) },
      committer: { name: cn, email: ce, date: isoDate(ct) },
      message: body.replace(/\n+$/, ""),
    });
  }
  return commits;
}
