import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { launchOrThrow } from "../launcher.ts";
import { fieldsOf, git, GitError, plainEnvironment, type GitOptions } from "./git.ts";
import type { Mirror } from "./mirror.ts";

export interface CheckoutRequest {
  readonly mirror: Pick<Mirror, "directory">;
  /** A commit or a tree (of `mergeTree`) that the mirror holds. */
  readonly treeish: string;
  /** Must be empty or absent. */
  readonly directory: string;
  /** Where git notes what it wrote, for whoever goes on with the files. Default: a place that is removed. */
  readonly indexFile?: string;
  /** Hand the files to this uid and gid; only possible as root. The sandbox does it too when it is made. */
  readonly uid?: number;
  readonly signal?: AbortSignal;
}

const timeoutMs = 600_000;
/** Bytes of a list of a whole tree. */
const longestList = 256 * 1024 ** 2;

/**
 * Writes the files of a tree, without `.git`. By a private index and not by `git archive`, since archive obeys
 * `export-ignore` and `export-subst` of the tree and so would write another one. No filter, hook, LFS download or
 * submodule; links stay links; the mirror's own attributes switch all conversions off.
 * @throws UserError for a tree that holds paths such as `.git/config`
 */
export async function checkout(request: CheckoutRequest): Promise<void> {
  const { treeish, directory, indexFile, uid } = request;
  checkOid(treeish);
  await mkdir(directory, { recursive: true });
  if ((await readdir(directory)).length > 0) throw new Error(`${directory} is not empty`);
  const scratch = indexFile === undefined ? await mkdtemp(join(tmpdir(), "codegen-index-")) : undefined;
  try {
    const options = optionsOf(request, indexFile ?? join(scratch ?? "", "index"));
    await readTree(treeish, [], options);
    await git(["checkout-index", "--all", "--force", "--quiet"], options);
    if (uid !== undefined)
      await launchOrThrow({
        file: "chown",
        args: ["-R", "-h", "-P", `${uid}:${uid}`, "--", directory],
        env: plainEnvironment,
        timeoutMs,
      });
  } finally {
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * Makes the files of one tree those of another: only what differs is written or removed. They must be as git wrote them by this index.
 * @returns the paths that differed and are there
 * @throws as {@link checkout}
 */
export async function changeCheckout(request: CheckoutRequest & { readonly indexFile: string }): Promise<string[]> {
  const { treeish, indexFile } = request;
  const options = optionsOf(request, indexFile);
  const list = ["diff-index", "--cached", "-R", "--name-only", "--no-renames", "--diff-filter=d", "-z"];
  const { stdout } = await git([...list, checkOid(treeish)], { ...options, maxOutput: longestList });
  await readTree(treeish, ["--reset", "-u"], options);
  return fieldsOf(stdout);
}

/** Whether a directory holds the files of an index to the last byte, and nothing else. */
export async function isAsCheckedOut(request: CheckoutRequest & { readonly indexFile: string }): Promise<boolean> {
  const options = optionsOf(request, request.indexFile);
  const { code } = await git(["update-index", "--really-refresh"], { ...options, accept: [0, 1] });
  const { stdout } = await git(["ls-files", "-z", "--others", "--directory"], options);
  return code === 0 && stdout.length === 0;
}

function optionsOf({ mirror, directory, signal }: CheckoutRequest, indexFile: string): GitOptions {
  return {
    gitDirectory: mirror.directory,
    workTree: directory,
    indexFile,
    timeoutMs,
    ...(signal === undefined ? {} : { signal }),
  };
}

async function readTree(treeish: string, args: readonly string[], options: GitOptions): Promise<void> {
  await git(["read-tree", ...args, checkOid(treeish)], options).catch((error: unknown) => {
    if (error instanceof GitError && /invalid path|empty filename|malformed|too-short tree/i.test(error.stderr))
      throw new UserError(`The tree ${treeish} cannot be written: ${error.stderr.trim()}`, { cause: error });
    throw error;
  });
}

function checkOid(text: string): string {
  if (/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(text)) return text;
  throw new RangeError(`not a full git object id: ${text.slice(0, 80)}`);
}
