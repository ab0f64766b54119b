/** What a repository of git holds, read without a work tree. */
import { toSha, type Sha } from "../domain/ids.ts";
import { UserError } from "../errors.ts";
import { fieldsOf, git, GitError, type GitOptions } from "./git.ts";
import { readContents } from "./read-contents.ts";

export interface TreeEntry {
  readonly path: string;
  readonly kind: "file" | "link" | "submodule";
  readonly executable: boolean;
  readonly oid: string;
  /** Bytes; 0 for submodules. */
  readonly size: number;
}

export type MergeTree =
  { readonly clean: true; readonly tree: string } | { readonly clean: false; readonly conflicts: readonly string[] };

export interface ChangedPath {
  readonly path: string;
  readonly change: "added" | "modified" | "deleted";
}

export interface GitObjects {
  readonly directory: string;
  /** The content of a file, or undefined when the commit has no regular file there. @throws UserError over 25 MB */
  readBlob(commit: string, path: string): Promise<Buffer | undefined>;
  /** The same for many at once, by path; those that the commit does not have as regular files are left out. */
  readBlobs(commit: string, paths: readonly string[]): Promise<ReadonlyMap<string, Buffer>>;
  /** @param paths only what lies at these; a directory stands for all below it */
  listFiles(commit: string, paths?: readonly string[]): Promise<readonly TreeEntry[]>;
  /** git's name for the tree of a commit or, as it is, of a tree: equal for equal files. */
  treeOf(commit: string): Promise<string>;
  /** The commit where head's history left base's, or undefined. Both must be here. */
  mergeBase(base: Sha, head: Sha): Promise<Sha | undefined>;
  /** A renamed file is one deleted and one added. */
  changedPaths(from: string, to: string): Promise<readonly ChangedPath[]>;
  /** Merges two commits without a work tree. @throws UserError when they have no common history */
  mergeTree(base: Sha, head: Sha): Promise<MergeTree>;
}

const largestBlob = 25_000_000;
/** Bytes of a list of a whole tree. */
const longestList = 256 * 1024 ** 2;
/** Bytes of paths in one command line; Linux takes 2 MB with everything. */
const longestArguments = 500_000;

/** What git said of commits and trees, which stay as they are: a run asks for the same few again and again, and each time would start a git. */
const answers = new Map<string, Buffer>();
/** Bytes of them, with what was asked. */
const most = { one: 1024 ** 2, all: 16 * 1024 ** 2 };
let bytesOfAnswers = 0;

function remember(question: string, answer: Buffer): void {
  const bytes = question.length + answer.length;
  if (bytes > most.one || answers.has(question)) return;
  if (bytesOfAnswers + bytes > most.all) {
    answers.clear();
    bytesOfAnswers = 0;
  }
  answers.set(question, answer);
  bytesOfAnswers += bytes;
}

/** @param timeoutMs for one git command */
export function openObjects(directory: string, timeoutMs: number): GitObjects {
  const run = (args: readonly string[], more: GitOptions = {}) =>
    git(args, { gitDirectory: directory, timeoutMs, ...more });
  const ask = async (args: readonly string[]): Promise<Buffer> => {
    const question = [directory, ...args].join("\0");
    const known = answers.get(question);
    if (known !== undefined) return known;
    const { stdout } = await run(args, { maxOutput: longestList });
    remember(question, stdout);
    return stdout;
  };
  const readBlobs = async (commit: string, paths: readonly string[]) => {
    const wanted = new Map(paths.filter(isPlain).map((path) => [Buffer.from(path).toString("latin1"), path]));
    const found = new Map<string, TreeEntry>();
    for (const group of argumentsOf([...wanted.values()])) {
      const list = ["ls-tree", "-z", "-l", "--full-tree", checkOid(commit), "--", ...group];
      for (const line of fieldsOf(await ask(list), "latin1")) {
        const entry = entryOf(line);
        // Beside a file, git also lists what is in a directory that was asked for.
        const path = wanted.get(entry?.path ?? "");
        if (entry?.kind === "file" && path !== undefined) found.set(path, { ...entry, path });
      }
    }
    for (const { path, size } of found.values())
      if (size > largestBlob) throw new UserError(`${path} has ${size} bytes; ${largestBlob} are read at most.`);
    const contents = new Map<string, Buffer>();
    const blobs = readContents([...found.values()], { gitDirectory: directory, timeoutMs });
    for await (const [{ path }, content] of blobs) contents.set(path, content);
    return contents;
  };

  return {
    directory,
    readBlob: async (commit, path) => (await readBlobs(commit, [path])).get(path),
    readBlobs,
    async listFiles(commit, paths) {
      const list = ["ls-tree", "-r", "-z", "-l", "--full-tree", checkOid(commit)];
      const groups = paths === undefined ? [[]] : argumentsOf([...new Set(paths)].filter(isPlain));
      const entries: TreeEntry[] = [];
      for (const group of groups) {
        for (const line of fieldsOf(await ask([...list, "--", ...group])))
          entries.push(...[entryOf(line) ?? []].flat());
      }
      return entries;
    },
    async treeOf(commit) {
      return (await ask(["rev-parse", "--verify", "--quiet", `${checkOid(commit)}^{tree}`])).toString().trim();
    },
    async mergeBase(base, head) {
      const { code, stdout } = await run(["merge-base", checkOid(base), checkOid(head)], { accept: [0, 1] });
      return code === 0 ? toSha(stdout.toString().trim()) : undefined;
    },
    async changedPaths(from, to) {
      const said = await ask([
        "diff-tree",
        "-r",
        "-z",
        "--no-renames",
        "--no-ext-diff",
        "--no-textconv",
        "--name-status",
        checkOid(from),
        checkOid(to),
      ]);
      const fields = fieldsOf(said);
      return fields.flatMap((status, index) => {
        const path = fields[index + 1];
        if (index % 2 === 1 || path === undefined) return [];
        return {
          path,
          change: status === "A" ? ("added" as const) : status === "D" ? ("deleted" as const) : ("modified" as const),
        };
      });
    },
    async mergeTree(base, head) {
      const merged = await run(
        ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", checkOid(base), checkOid(head)],
        { accept: [0, 1] },
      ).catch((error: unknown) => {
        if (error instanceof GitError && error.stderr.includes("unrelated histories"))
          throw new UserError(`${base} and ${head} have no common history.`, { cause: error });
        if (
          error instanceof GitError &&
          /usage:|unknown option|not a valid object name --write-tree/.test(error.stderr)
        )
          throw new UserError("git is older than 2.38 and cannot merge without a work tree; install a newer one.", {
            cause: error,
          });
        throw error;
      });
      const [tree = "", ...conflicts] = fieldsOf(merged.stdout);
      return merged.code === 0 ? { clean: true, tree } : { clean: false, conflicts };
    },
  };
}

/** A path as git's trees have them; others would mean something else on a command line. */
function isPlain(path: string): boolean {
  return !path.includes("\0") && !path.split("/").some((part) => ["", ".", ".."].includes(part));
}

/** No group is empty: without a path git would list everything. */
function argumentsOf(paths: readonly string[]): string[][] {
  const groups: string[][] = [];
  let room = 0;
  for (const path of paths) {
    const bytes = Buffer.byteLength(path) + 1;
    if (bytes > room) {
      groups.push([]);
      room = longestArguments;
    }
    groups.at(-1)?.push(path);
    room -= bytes;
  }
  return groups;
}

function entryOf(line: string): TreeEntry | undefined {
  const [, mode, oid, size, path] = /^(\d{6}) \w+ ([0-9a-f]+) +(\d+|-)\t([\s\S]+)$/.exec(line) ?? [];
  if (mode === undefined || oid === undefined || path === undefined || mode === "040000") return undefined;
  const kind = mode === "120000" ? "link" : mode === "160000" ? "submodule" : "file";
  return { path, kind, executable: mode === "100755", oid, size: Number(size === "-" ? 0 : size) };
}

function checkOid(text: string): string {
  if (!/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(text))
    throw new RangeError(`not a full git object id: ${text.slice(0, 80)}`);
  return text;
}
