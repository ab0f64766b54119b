import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as commits from "./commits.ts";
import * as diff from "./diff.ts";
import { looseHistory, looseLine, readLooseCommit } from "./history.ts";
import * as objects from "./objects.ts";
import { readObjects } from "./read-objects.ts";
import { readLooseHeader } from "./loose-objects.ts";
import { isPlainRef, readRefFile, readRefFiles, writeRefFile } from "./ref-files.ts";
import { GitError, runGit } from "./run-git.ts";
import type { FileChange, GitCommit, GitPerson } from "./commits.ts";
import type { DiffFile } from "./diff.ts";
import type { TreeChange, TreeEntry } from "./objects.ts";

export { EMPTY_TREE, type TreeChange, type TreeEntry } from "./objects.ts";
export type { FileChange, GitCommit, GitPerson } from "./commits.ts";
export type { DiffFile } from "./diff.ts";
export { GitError } from "./run-git.ts";

/** A ref with the object it names (a tag object for annotated tags) and that object's type. */
export interface GitRef {
  readonly name: string;
  readonly sha: string;
  readonly type: string;
}

// What `git init --bare` writes; then as on GitHub: partial clones, fetch by sha, and refs/pull/* that a push may not touch ("deny updating a hidden ref").
const SETTINGS: readonly (readonly [string, string, string])[] = [
  ["core", "repositoryformatversion", "0"],
  ["core", "filemode", "true"],
  ["core", "bare", "true"],
  ["http", "receivepack", "true"],
  ["uploadpack", "allowFilter", "true"],
  ["uploadpack", "allowAnySHA1InWant", "true"],
  ["receive", "hideRefs", "refs/pull"],
  ["receive", "autogc", "false"],
  ["gc", "auto", "0"],
  ["core", "filesRefLockTimeout", "5000"],
];

/**
 * A real bare repository. Loose objects and refs are read and written as the files that they are, in a hundredth of the time of a process;
 * everything else is asked of the git command line. Shas are full and lower-case.
 */
export class BareRepository {
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  /** Makes an empty repository with the settings of a hosted one. */
  static async create(dir: string, defaultBranch: string): Promise<BareRepository> {
    for (const folder of ["objects/info", "objects/pack", "refs/heads", "refs/tags"])
      await mkdir(join(dir, folder), { recursive: true });
    await writeFile(join(dir, "HEAD"), `ref: refs/heads/${defaultBranch}\n`);
    const settings = SETTINGS.map(([section, key, value]) => `[${section}]\n\t${key} = ${value}\n`);
    await writeFile(join(dir, "config"), settings.join(""));
    return new BareRepository(dir);
  }

  /** A repository that is already there. Reads nothing: a wrong folder shows at the first call. */
  static open(dir: string): BareRepository {
    return new BareRepository(dir);
  }

  /** All refs, or those below a prefix such as `refs/heads`, sorted by full name. */
  async refs(prefix?: string): Promise<GitRef[]> {
    const files = readRefFiles(this.dir, prefix ?? "refs")?.map((ref) => ({
      ...ref,
      type: readLooseHeader(this.dir, ref.sha)?.type,
    }));
    if (files?.every((ref): ref is GitRef => ref.type !== undefined)) return files;
    const format = "--format=%(objectname) %(objecttype) %(refname)";
    const { stdout } = await runGit(this.dir, ["for-each-ref", format, ...(prefix === undefined ? [] : [prefix])]);
    const lines = stdout.toString().split("\n").filter(Boolean);
    return lines.map((line) => {
      const [sha = "", type = "", ...name] = line.split(" ");
      return { name: name.join(" "), sha, type };
    });
  }

  /** The ref of that full name; null when there is none. */
  async ref(name: string): Promise<GitRef | null> {
    const sha = readRefFile(this.dir, name);
    if (sha === undefined) return (await this.refs(name)).find((ref) => ref.name === name) ?? null;
    const type = sha === null ? null : await this.objectType(sha);
    return sha === null || type === null ? null : { name, sha, type };
  }

  /** The commit of a branch, tag (peeled), full ref or sha; null when unknown. */
  resolve(rev: string): Promise<string | null> {
    return commits.resolve(this.dir, rev);
  }

  /** The object a full ref names, a tag object unpeeled; null when there is no such ref. */
  readRef(name: string): Promise<string | null> {
    return objects.readRef(this.dir, name);
  }

  /**
   * Sets a full ref. `expected` is compared and set in one act: null means it must not exist, undefined means whatever it is.
   * "stale" when the comparison fails; GitError when the name or the object is bad.
   */
  async updateRef(name: string, sha: string, expected?: string | null): Promise<"ok" | "stale"> {
    if (!name.startsWith("refs/")) throw new Error(`"${name}" is no full ref name`);
    const done = writeRefFile(this.dir, name, sha, expected);
    if (done !== undefined) return done;
    const before = expected === undefined ? [] : [expected ?? "0".repeat(40)];
    const args = ["update-ref", name, sha, ...before];
    const result = await runGit(this.dir, args, { accept: [0, 1, 128] });
    if (result.code === 0) return "ok";
    const moved = /but expected|reference already exists|unable to resolve reference/.test(result.stderr);
    if (expected !== undefined && moved) return "stale";
    throw new GitError(args, result);
  }

  /** Removes a full ref; nothing happens when it is not there. */
  async deleteRef(name: string): Promise<void> {
    await runGit(this.dir, ["update-ref", "-d", name]);
  }

  /** Makes HEAD, the default branch of a clone, point at a branch. */
  async setDefaultBranch(branch: string): Promise<void> {
    await runGit(this.dir, ["symbolic-ref", "HEAD", `refs/heads/${branch}`]);
  }

  /** Whether git takes this as a full ref name. */
  async isValidRefName(name: string): Promise<boolean> {
    if (isPlainRef(name)) return true;
    return (await runGit(this.dir, ["check-ref-format", name], { accept: [0, 1] })).code === 0;
  }

  /** Brings a ref and its objects in from another repository (a fork's head, a new fork's branches). */
  async copyRef(from: BareRepository, ref: string, as: string): Promise<void> {
    await runGit(this.dir, ["fetch", "--quiet", "--no-tags", from.dir, `+${ref}:${as}`]);
  }

  writeBlob(content: Buffer): Promise<string> {
    return objects.writeBlob(this.dir, content);
  }

  readBlob(sha: string): Promise<Buffer | null> {
    return objects.readBlob(this.dir, sha);
  }

  objectType(sha: string): Promise<string | null> {
    return objects.objectType(this.dir, sha);
  }

  readTree(treeish: string, options: { recursive: boolean; path?: string }): Promise<TreeEntry[] | null> {
    return objects.readTree(this.dir, treeish, options);
  }

  readPath(rev: string, path: string): Promise<TreeEntry | null> {
    return objects.readPath(this.dir, rev, path);
  }

  writeTree(entries: readonly TreeChange[], baseTree?: string): Promise<string> {
    return objects.writeTree(this.dir, entries, baseTree);
  }

  createCommit(commit: commits.NewCommit): Promise<string> {
    return commits.createCommit(this.dir, commit);
  }

  /** The commit of that sha or name, or null. */
  async readCommit(sha: string): Promise<GitCommit | null> {
    return (await commits.log(this.dir, sha, { limit: 1 }))[0] ?? null;
  }

  log(rev: string, options: { path?: string; limit: number; skip?: number }): Promise<GitCommit[]> {
    return commits.log(this.dir, rev, options);
  }

  commitsBetween(base: string, head: string): Promise<GitCommit[]> {
    return commits.commitsBetween(this.dir, base, head);
  }

  commitFiles(parent: string | null, change: FileChange, message: string, person: GitPerson): Promise<string> {
    return commits.commitFiles(this.dir, parent, change, message, person);
  }

  /** The best common ancestor, or null when the histories are unrelated. */
  async mergeBase(a: string, b: string): Promise<string | null> {
    const known = looseHistory(this.dir, a);
    const line = known && looseLine(this.dir, b, known);
    if (line !== undefined) return line.base;
    const { code, stdout } = await readObjects(this.dir, ["merge-base"], [a, b], { accept: [0, 1] });
    return code === 0 ? stdout.toString().trim() : null;
  }

  async isAncestor(a: string, b: string): Promise<boolean> {
    const history = readLooseCommit(this.dir, a) && looseHistory(this.dir, b);
    if (history !== undefined) return history.has(a);
    return (await readObjects(this.dir, ["merge-base", "--is-ancestor"], [a, b], { accept: [0, 1] })).code === 0;
  }

  /** How many commits `head` has that `base` has not, and the other way round. */
  async aheadBehind(base: string, head: string): Promise<{ ahead: number; behind: number }> {
    const [before, after] = [looseHistory(this.dir, base), looseHistory(this.dir, head)];
    if (before && after) {
      const without = (some: Set<string>, others: Set<string>) => [...some].filter((sha) => !others.has(sha)).length;
      return { ahead: without(after, before), behind: without(before, after) };
    }
    const { stdout } = await runGit(this.dir, ["rev-list", "--left-right", "--count", `${base}...${head}`, "--"]);
    const [behind = "0", ahead = "0"] = stdout.toString().trim().split(/\s+/);
    return { ahead: Number(ahead), behind: Number(behind) };
  }

  mergeTree(base: string, head: string): ReturnType<typeof diff.mergeTree> {
    return diff.mergeTree(this.dir, base, head);
  }

  diffFiles(base: string, head: string): Promise<DiffFile[]> {
    return diff.diffFiles(this.dir, base, head);
  }

  diffText(base: string, head: string): Promise<string> {
    return diff.diffText(this.dir, base, head);
  }

  formatPatch(base: string, head: string): Promise<string> {
    return diff.formatPatch(this.dir, base, head);
  }
}
