import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { toSha, type Sha } from "../domain/ids.ts";
import { TransientError, UserError } from "../errors.ts";
import { exclusively } from "./exclusive.ts";
import { fieldsOf, git, GitError, type GitOptions } from "./git.ts";
import { readContents } from "./read-contents.ts";

export interface Remote {
  /** `https://…/owner/name.git`, without credentials. */
  readonly url: string;
  /** Installation token; reaches git by environment only. */
  readonly token?: string;
}

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

/** One bare repository per repository of GitHub. Untrusted code never sees its directory. */
export interface Mirror {
  readonly directory: string;
  /**
   * Fetches the commit if it is not here yet; a broken mirror is made anew.
   * @throws UserError when the remote has no such commit or refuses us, TransientError when it is away
   */
  ensureCommit(
    request: Remote & { readonly sha: Sha; readonly ref?: string; readonly signal?: AbortSignal },
  ): Promise<void>;
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

export interface MirrorOptions {
  readonly dataDir: string;
  /** GitHub's number of the repository, or the name of what is not kept by its number. */
  readonly repositoryId: number | `submodule-${string}`;
  /** Time limit of one git command in ms; default 120 000. */
  readonly timeoutMs?: number;
  /** For tests with a local remote: also `file://` URLs. */
  readonly allowFileProtocol?: boolean;
}

const largestBlob = 25_000_000;
/** Bytes of a list of a whole tree. */
const longestList = 256 * 1024 ** 2;
/** Bytes of paths in one command line; Linux takes 2 MB with everything. */
const longestArguments = 500_000;

/** The mirror `<dataDir>/mirrors/<repository id>.git`; made on first use. */
export function openMirror(options: MirrorOptions): Mirror {
  const directory = join(options.dataDir, "mirrors", `${options.repositoryId}.git`);
  const timeoutMs = options.timeoutMs ?? 120_000;
  const run = (args: readonly string[], more: GitOptions = {}) =>
    git(args, { gitDirectory: directory, timeoutMs, ...more });

  const holds = async (sha: Sha) => {
    if ((await stat(join(directory, "HEAD")).catch(() => undefined)) === undefined) return false;
    return (await run(["cat-file", "-e", `${sha}^{commit}`], { accept: [0, 1, 128] })).code === 0;
  };
  const fetch = async ({ url, token, signal }: Remote & { readonly signal?: AbortSignal }, refspec: string) => {
    await run(
      ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--", url, refspec],
      {
        ...(token === undefined ? {} : { credentials: { url, token } }),
        ...(signal === undefined ? {} : { signal }),
        allowFileProtocol: options.allowFileProtocol === true,
      },
    );
  };
  const readBlobs = async (commit: string, paths: readonly string[]) => {
    const wanted = new Map(paths.filter(isPlain).map((path) => [Buffer.from(path).toString("latin1"), path]));
    const found = new Map<string, TreeEntry>();
    for (const group of argumentsOf([...wanted.values()])) {
      const list = ["ls-tree", "-z", "-l", "--full-tree", checkOid(commit), "--", ...group];
      for (const line of fieldsOf((await run(list, { maxOutput: longestList })).stdout, "latin1")) {
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
    async ensureCommit(request) {
      const { sha, url, ref, signal } = request;
      checkRemote(url);
      if (await holds(sha)) return;
      await mkdir(join(options.dataDir, "mirrors"), { recursive: true });
      await exclusively(`${directory}.lock`, 3 * timeoutMs, async () => {
        for (const isLastTry of [false, true]) {
          if (await holds(sha)) return;
          try {
            await makeRepository(directory, timeoutMs);
            // The ref keeps the commit known: the next fetch tells the server that it is here.
            const missing = await fetch(request, `${sha}:refs/commits/${sha}`).then(() => undefined, notThere);
            if (missing === undefined) {
              if (await holds(sha)) return;
            } else {
              await fetch(
                request,
                ref === undefined ? "+refs/heads/*:refs/remote/heads/*" : `+${ref}:refs/remote/${ref}`,
              ).catch((error: unknown) => notThere(error));
              if (await holds(sha)) return;
              throw new UserError(`The commit ${sha} is no longer in ${url}; was it pushed over?`, { cause: missing });
            }
          } catch (error) {
            if (signal?.aborted === true || isLastTry || !isBroken(error)) throw explainFetch(error, url);
          }
          await rm(directory, { recursive: true, force: true });
        }
        throw new TransientError(`The commit ${sha} of ${url} was fetched and cannot be read.`);
      });
    },
    readBlob: async (commit, path) => (await readBlobs(commit, [path])).get(path),
    readBlobs,
    async listFiles(commit, paths) {
      const list = ["ls-tree", "-r", "-z", "-l", "--full-tree", checkOid(commit)];
      const groups = paths === undefined ? [[]] : argumentsOf([...new Set(paths)].filter(isPlain));
      const entries: TreeEntry[] = [];
      for (const group of groups) {
        const { stdout } = await run([...list, "--", ...group], { maxOutput: longestList });
        for (const line of fieldsOf(stdout)) entries.push(...[entryOf(line) ?? []].flat());
      }
      return entries;
    },
    async treeOf(commit) {
      return (await run(["rev-parse", "--verify", "--quiet", `${checkOid(commit)}^{tree}`])).stdout.toString().trim();
    },
    async mergeBase(base, head) {
      const { code, stdout } = await run(["merge-base", checkOid(base), checkOid(head)], { accept: [0, 1] });
      return code === 0 ? toSha(stdout.toString().trim()) : undefined;
    },
    async changedPaths(from, to) {
      const { stdout } = await run([
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
      const fields = fieldsOf(stdout);
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

/** Made beside its place and moved there, so that a half-made one is never taken for a mirror. */
async function makeRepository(directory: string, timeoutMs: number): Promise<void> {
  if ((await stat(join(directory, "HEAD")).catch(() => undefined)) !== undefined) return;
  const fresh = `${directory}.${randomUUID()}`;
  await git(["init", "--quiet", "--bare", "--template=", "--", fresh], { timeoutMs });
  await mkdir(join(fresh, "info"), { recursive: true });
  // Files are written as they are stored, whatever .gitattributes says: no line ends, keywords, encodings or filters.
  await writeFile(join(fresh, "info", "attributes"), "* -text !eol -ident -filter !working-tree-encoding\n");
  await rm(directory, { recursive: true, force: true });
  await rename(fresh, directory);
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

function checkRemote(url: string): void {
  if (!URL.canParse(url)) throw new TypeError(`not a URL of a remote: ${JSON.stringify(url.slice(0, 200))}`);
  const { username, password, protocol } = new URL(url);
  if (username !== "" || password !== "")
    throw new TypeError("a remote's URL must not hold credentials; give the token by itself");
  if (!["https:", "http:", "file:"].includes(protocol))
    throw new TypeError(`a remote's URL must begin with https://, not ${protocol}`);
}

/** @returns the error when it says that the server does not give this object; others are thrown on */
function notThere(error: unknown): GitError {
  if (
    error instanceof GitError &&
    /not our ref|unadvertised object|couldn't find remote ref|does not allow request/i.test(error.stderr)
  )
    return error;
  throw error;
}

function isBroken(error: unknown): boolean {
  return (
    error instanceof GitError &&
    /not a git repository|bad config|bad object|corrupt|loose object|unable to read|packfile|is empty|missing (blob|tree|commit)|unresolved deltas|did not send all necessary|bad tree|object file|broken|cannot lock ref|not a commit/i.test(
      error.stderr,
    )
  );
}

function explainFetch(error: unknown, url: string): unknown {
  if (!(error instanceof GitError)) return error;
  if (/Authentication failed|could not read Username|error: 40[134]|repository .* not found/i.test(error.stderr)) {
    return new UserError(
      `${url} cannot be read: it does not exist, or the App's installation may not read its contents.`,
      { cause: error },
    );
  }
  if (/error: 30[12378]/.test(error.stderr)) {
    return new TransientError(
      `${url} redirects to another place, where the token is not sent; was the repository renamed?`,
      { cause: error },
    );
  }
  return new TransientError(error.message, { cause: error });
}
