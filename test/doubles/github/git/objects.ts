import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  EMPTY_TREE,
  peelLoose,
  readLoose,
  readLooseHeader,
  readLooseTree,
  writeLoose,
  type RawEntry,
} from "./loose-objects.ts";
import { writeLooseTree } from "./loose-writes.ts";
import { FULL_SHA, readObjects } from "./read-objects.ts";
import { readRefFile } from "./ref-files.ts";
import { GitError, runGit, zeroSeparated } from "./run-git.ts";

export { EMPTY_TREE };

/** One entry of a tree. `path` is from the root of the tree that was asked for; `size` is in bytes, null unless a blob. */
export interface TreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly type: "blob" | "tree" | "commit";
  readonly sha: string;
  readonly size: number | null;
}

/** A change to a tree; `sha: null` removes the path (a folder with all below it). Paths may be nested. */
export interface TreeChange {
  readonly path: string;
  readonly mode: string;
  readonly type: string;
  readonly sha: string | null;
}

/** More than that is for git to pack, in a process of its own. */
const mostToPack = 1024 ** 2;

/** The object's type, or null when the repository does not have it. */
export async function objectType(dir: string, sha: string): Promise<string | null> {
  if (!FULL_SHA.test(sha)) return null;
  const loose = readLooseHeader(dir, sha);
  if (loose !== undefined) return loose.type;
  const { code, stdout } = await readObjects(dir, ["cat-file", "-t"], [sha], { accept: [0, 1, 128] });
  return code === 0 ? stdout.toString().trim() : null;
}

/** Stores bytes as a blob and gives its sha. */
export async function writeBlob(dir: string, content: Buffer): Promise<string> {
  if (content.length <= mostToPack) return writeLoose(dir, "blob", content);
  const { stdout } = await runGit(dir, ["hash-object", "-w", "--stdin"], { input: content });
  return stdout.toString().trim();
}

/** A blob's bytes, or null when there is no blob of that sha. */
export async function readBlob(dir: string, sha: string): Promise<Buffer | null> {
  if (!FULL_SHA.test(sha)) return null;
  const loose = readLoose(dir, sha);
  if (loose?.type === "blob") return loose.content;
  const { code, stdout } = await readObjects(dir, ["cat-file", "blob"], [sha], { accept: [0, 1, 128] });
  return code === 0 ? stdout : null;
}

/** The sha of the tree behind a commit, tag, tree or branch name; null when it is unknown. */
export async function treeOf(dir: string, treeish: string): Promise<string | null> {
  return treeish === EMPTY_TREE ? EMPTY_TREE : peel(dir, treeish, "tree");
}

/** The sha of the object of that type that a name or sha stands for; null when there is none. */
export async function peel(dir: string, rev: string, type: "commit" | "tree"): Promise<string | null> {
  const named = readRefFile(dir, rev);
  if (named === null) return null;
  const loose = peelLoose(dir, named ?? rev, type);
  return loose === undefined ? revParse(dir, `${named ?? rev}^{${type}}`) : loose;
}

/** The object a full ref names, a tag object unpeeled; null when there is no such ref. */
export async function readRef(dir: string, name: string): Promise<string | null> {
  const sha = readRefFile(dir, name);
  return sha === undefined ? revParse(dir, name) : sha;
}

async function revParse(dir: string, rev: string): Promise<string | null> {
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options"];
  const { code, stdout } = await readObjects(dir, args, [rev], { accept: [0, 1, 128] });
  return code === 0 ? stdout.toString().trim() : null;
}

/**
 * Lists a tree, or the folder `path` in it; null when either does not exist or is no folder.
 * With `recursive`, folders are listed too, before what they hold, as GitHub does.
 */
export async function readTree(
  dir: string,
  treeish: string,
  options: { readonly recursive: boolean; readonly path?: string },
): Promise<TreeEntry[] | null> {
  const root = await treeOf(dir, treeish);
  if (root === null) return null;
  const path = trimSlashes(options.path ?? "");
  let tree = root;
  if (path !== "") {
    const folder = await readPath(dir, root, path);
    if (folder?.type !== "tree") return null;
    tree = folder.sha;
  }
  const before = path === "" ? "" : `${path}/`;
  const loose = listLoose(dir, tree, before, options.recursive);
  if (loose !== undefined) return loose;
  const depth = options.recursive ? ["-r", "-t"] : [];
  const { stdout } = await readObjects(dir, ["ls-tree", "-z", "-l", ...depth], [tree]);
  return parseEntries(stdout, before);
}

/** The entry at a path, or null when nothing is there. The empty path is the root tree. */
export async function readPath(dir: string, rev: string, path: string): Promise<TreeEntry | null> {
  const tree = await treeOf(dir, rev);
  if (tree === null) return null;
  const clean = trimSlashes(path);
  if (clean === "") return { path: "", mode: "040000", type: "tree", sha: tree, size: null };
  const loose = findLoose(dir, tree, clean);
  if (loose !== undefined) return loose;
  const { code, stdout } = await readObjects(dir, ["ls-tree", "-z", "-l"], [tree], {
    rest: ["--", clean],
    accept: [0, 128],
  });
  if (code !== 0) return null;
  return parseEntries(stdout, "").find((entry) => entry.path === clean) ?? null;
}

/**
 * Writes the tree that results from applying `changes` to `baseTree` (or to nothing). Throws GitError when an object is missing
 * or a path is not allowed (`..`, `.git`, …), which GitHub answers with 422.
 */
export async function writeTree(dir: string, changes: readonly TreeChange[], baseTree?: string): Promise<string> {
  const loose = writeLooseTree(dir, changes, baseTree);
  if (loose !== undefined) return loose;
  const folder = await mkdtemp(join(tmpdir(), "local-github-index-"));
  const env = { GIT_INDEX_FILE: join(folder, "index") };
  try {
    await runGit(dir, ["read-tree", baseTree ?? "--empty"], { env });
    const lines: string[] = [];
    for (const change of changes) lines.push(...(await indexLines(dir, change, env)));
    const args = ["update-index", "-z", "--index-info"];
    const result = await runGit(dir, args, { env, input: lines.map((line) => `${line}\0`).join("") });
    // git leaves such a path out, says so, and ends with 0.
    if (/Ignoring path|Invalid path/i.test(result.stderr)) throw new GitError(args, result);
    const { stdout } = await runGit(dir, ["write-tree"], { env });
    return stdout.toString().trim();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function indexLines(dir: string, change: TreeChange, env: Record<string, string>): Promise<string[]> {
  const gone = `0 ${"0".repeat(40)}\t`;
  if (change.sha !== null && change.type !== "tree") return [`${change.mode} ${change.sha}\t${change.path}`];
  const listed = await runGit(dir, ["ls-files", "-z", "--", change.path], { env });
  const removed = zeroSeparated(listed.stdout).map((path) => `${gone}${path}`);
  if (change.sha === null) return removed;
  const { stdout } = await readObjects(dir, ["ls-tree", "-z", "-r", "-l"], [change.sha]);
  const added = parseEntries(stdout, `${change.path}/`).map((entry) => `${entry.mode} ${entry.sha}\t${entry.path}`);
  return [...removed, ...added];
}

/** As `git ls-tree -l`; undefined where a part of it is no loose object. */
function listLoose(dir: string, tree: string, before: string, recursive: boolean): TreeEntry[] | undefined {
  const listed: TreeEntry[] = [];
  for (const entry of readLooseTree(dir, tree) ?? [null]) {
    const told = entry && tellLoose(dir, entry, before + entry.name);
    if (!told) return undefined;
    listed.push(told);
    if (!recursive || told.type !== "tree") continue;
    const below = listLoose(dir, told.sha, `${told.path}/`, true);
    if (below === undefined) return undefined;
    listed.push(...below);
  }
  return listed;
}

/** The entry at a path; null when nothing is there, undefined where a part of the way is no loose object. */
function findLoose(dir: string, tree: string, path: string): TreeEntry | null | undefined {
  const names = path.split("/");
  if (names.some((name) => ["", ".", ".."].includes(name))) return undefined;
  const last = names.pop();
  let folder = tree;
  for (const name of names) {
    const entries = readLooseTree(dir, folder);
    if (entries === undefined) return undefined;
    const next = entries.find((entry) => entry.name === name);
    if (next?.mode !== "040000") return null;
    folder = next.sha;
  }
  const entries = readLooseTree(dir, folder);
  if (entries === undefined) return undefined;
  const found = entries.find((entry) => entry.name === last);
  return found === undefined ? null : tellLoose(dir, found, path);
}

function tellLoose(dir: string, { mode, sha }: RawEntry, path: string): TreeEntry | undefined {
  if (mode === "040000") return { path, mode, type: "tree", sha, size: null };
  if (mode === "160000") return { path, mode, type: "commit", sha, size: null };
  const blob = readLooseHeader(dir, sha);
  return blob?.type === "blob" ? { path, mode, type: "blob", sha, size: blob.size } : undefined;
}

function parseEntries(output: Buffer, prefix: string): TreeEntry[] {
  return zeroSeparated(output).map((line) => {
    const tab = line.indexOf("\t");
    const [mode = "", type = "", sha = "", size = "-"] = line.slice(0, tab).split(/ +/);
    if (type !== "blob" && type !== "tree" && type !== "commit") throw new Error(`git ls-tree listed a ${type}`);
    return { path: prefix + line.slice(tab + 1), mode, type, sha, size: size === "-" ? null : Number(size) };
  });
}

function trimSlashes(path: string): string {
  return path.replace(/^\/+|\/+$/g, "");
}
