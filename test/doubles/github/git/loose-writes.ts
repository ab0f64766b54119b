import { EMPTY_TREE, peelLoose, readLooseHeader, readLooseTree, writeLoose, type RawEntry } from "./loose-objects.ts";
import type { TreeChange } from "./objects.ts";
import type { GitPerson, NewCommit } from "./commits.ts";

/** Nothing that git may refuse as a name for its own folder. */
const plainName = /^(?!\.git(?!(?:hub|ignore|attributes)$))\.?\w[\w.@+-]*$/i;
const fileModes = ["100644", "100755", "120000"];
const knownModes = ["040000", "160000", ...fileModes];

type Folder = Map<string, RawEntry | Folder>;

/**
 * The tree that results from setting and removing plain files; undefined where that is git's to do or to refuse: what is not there,
 * unusual names, files in the place of folders, changes of one path by another.
 */
export function writeLooseTree(dir: string, changes: readonly TreeChange[], baseTree?: string): string | undefined {
  const base = baseTree === undefined ? EMPTY_TREE : peelLoose(dir, baseTree, "tree");
  const root = openFolder(dir, base);
  const paths = changes.map((change) => `${change.path}/`).toSorted();
  const apart = paths.every((path, at) => paths[at + 1]?.startsWith(path) !== true);
  if (root === undefined || !apart) return undefined;
  for (const change of changes) if (!apply(dir, root, change)) return undefined;
  return writeFolder(dir, root) ?? writeLoose(dir, "tree", Buffer.alloc(0));
}

/** A commit of what is all there, by people with plain names; undefined where that is git's to do or to refuse. */
export function writeLooseCommit(dir: string, commit: NewCommit): string | undefined {
  const { tree, parents, message } = commit;
  const [author, committer] = [identity(commit.author), identity(commit.committer)];
  if (author === undefined || committer === undefined || !isPlainText(message)) return undefined;
  const isThere = (sha: string, type: string) => readLooseHeader(dir, sha)?.type === type;
  if (!isThere(tree, "tree") || !parents.every((parent) => isThere(parent, "commit"))) return undefined;
  const lines = [
    `tree ${tree}`,
    ...[...new Set(parents)].map((parent) => `parent ${parent}`),
    `author ${author}`,
    `committer ${committer}`,
  ];
  return writeLoose(dir, "commit", Buffer.from(`${lines.join("\n")}\n\n${message}`));
}

function apply(dir: string, root: Folder, { path, mode, type, sha }: TreeChange): boolean {
  const names = path.split("/");
  if (!names.every((name) => plainName.test(name))) return false;
  if (sha !== null && (type !== "blob" || !fileModes.includes(mode) || readLooseHeader(dir, sha)?.type !== "blob"))
    return false;
  const last = names.pop() ?? "";
  let folder = root;
  for (const name of names) {
    const next = enter(dir, folder, name, sha !== null);
    if (next === null) return true;
    if (next === undefined) return false;
    folder = next;
  }
  const before = folder.get(last);
  if (sha === null) folder.delete(last);
  else if (before instanceof Map || before?.mode === "040000" || before?.mode === "160000") return false;
  else folder.set(last, { mode, name: last, sha });
  return true;
}

/** The folder of that name; null when it is not there and not to be made, undefined where something else is, or git alone can read it. */
function enter(dir: string, folder: Folder, name: string, make: boolean): Folder | null | undefined {
  const before = folder.get(name);
  if (before instanceof Map) return before;
  if (before === undefined && !make) return null;
  const opened = before === undefined ? new Map() : before.mode === "040000" ? openFolder(dir, before.sha) : undefined;
  if (opened !== undefined) folder.set(name, opened);
  return opened;
}

function openFolder(dir: string, tree: string | null | undefined): Folder | undefined {
  const entries = tree === EMPTY_TREE ? [] : tree && readLooseTree(dir, tree);
  if (!entries || !entries.every((entry) => knownModes.includes(entry.mode))) return undefined;
  return new Map(entries.map((entry) => [entry.name, entry]));
}

/** Its sha; undefined for a folder that holds nothing, which git does not keep. */
function writeFolder(dir: string, folder: Folder): string | undefined {
  const entries: { entry: RawEntry; key: Buffer }[] = [];
  for (const [name, found] of folder) {
    const sha = found instanceof Map ? writeFolder(dir, found) : found.sha;
    const mode = found instanceof Map ? "040000" : found.mode;
    // Folders stand where their names with a slash would.
    const key = Buffer.from(mode === "040000" ? `${name}/` : name);
    if (sha !== undefined) entries.push({ entry: { mode, name, sha }, key });
  }
  if (entries.length === 0) return undefined;
  const sorted = entries.toSorted((a, b) => Buffer.compare(a.key, b.key));
  const parts = sorted.flatMap(({ entry: { mode, name, sha } }) => [
    Buffer.from(`${mode.replace(/^0/, "")} ${name}\0`),
    Buffer.from(sha, "hex"),
  ]);
  return writeLoose(dir, "tree", Buffer.concat(parts));
}

// git takes some signs from the ends of a name, and refuses what is then empty.
function identity({ name, email, date }: GitPerson): string | undefined {
  const isPlain = /^[\p{L}\d]([^\p{Cc}<>]*[\p{L}\d\])])?$/u;
  const seconds = Math.floor(Date.parse(date) / 1000);
  if (!isPlain.test(name) || !isPlain.test(email) || !(seconds >= 0)) return undefined;
  return `${name} <${email}> ${String(seconds)} +0000`;
}

function isPlainText(message: string): boolean {
  return !/[\0\p{Noncharacter_Code_Point}\p{Surrogate}]/u.test(message);
}
