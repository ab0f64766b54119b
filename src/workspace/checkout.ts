import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { launchOrThrow } from "../launcher.ts";
import { git, GitError, plainEnvironment } from "./git.ts";
import type { Mirror } from "./mirror.ts";

export interface CheckoutRequest {
  readonly mirror: Mirror;
  /** A commit or a tree (of `mergeTree`) that the mirror holds. */
  readonly treeish: string;
  /** Must be empty or absent. */
  readonly directory: string;
  /** Hand the files to this uid and gid; only possible as root. The sandbox does it too when it is made. */
  readonly uid?: number;
  readonly signal?: AbortSignal;
}

const timeoutMs = 600_000;

/**
 * Writes the files of a tree, without `.git`. By a private index and not by `git archive`, since archive obeys
 * `export-ignore` and `export-subst` of the tree and so would write another one. No filter, hook, LFS download or
 * submodule; links stay links; the mirror's own attributes switch all conversions off.
 * @throws UserError for a tree that holds paths such as `.git/config`
 */
export async function checkout({ mirror, treeish, directory, uid, signal }: CheckoutRequest): Promise<void> {
  if (!/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(treeish))
    throw new RangeError(`not a full git object id: ${treeish.slice(0, 80)}`);
  await mkdir(directory, { recursive: true });
  if ((await readdir(directory)).length > 0) throw new Error(`${directory} is not empty`);
  const scratch = await mkdtemp(join(tmpdir(), "codegen-index-"));
  try {
    const options = {
      gitDirectory: mirror.directory,
      workTree: directory,
      indexFile: join(scratch, "index"),
      timeoutMs,
      ...(signal === undefined ? {} : { signal }),
    };
    await git(["read-tree", treeish], options).catch((error: unknown) => {
      if (error instanceof GitError && /invalid path|empty filename|malformed|too-short tree/i.test(error.stderr))
        throw new UserError(`The tree ${treeish} cannot be written: ${error.stderr.trim()}`, { cause: error });
      throw error;
    });
    await git(["checkout-index", "--all", "--force", "--quiet"], options);
    if (uid !== undefined)
      await launchOrThrow({
        file: "chown",
        args: ["-R", "-h", "-P", `${uid}:${uid}`, "--", directory],
        env: plainEnvironment,
        timeoutMs,
      });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
