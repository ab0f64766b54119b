import { randomBytes } from "node:crypto";
import { git } from "./git.ts";
import type { Mirror } from "./mirror.ts";

/** A commit: what was said of it, and which paths it changed. */
export interface PastCommit {
  readonly message: string;
  readonly paths: readonly string[];
}

/** Bytes of what git prints. */
const longest = 64 * 1024 ** 2;
const longestMessage = 4_000;

/**
 * What led to a commit, the newest first, without merges.
 * @param options.most commits; options.timeoutMs of git
 * @throws GitError when it takes longer or is more than 64 MB
 */
export async function readHistory(
  mirror: Pick<Mirror, "directory">,
  commit: string,
  options: { readonly most: number; readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<readonly PastCommit[]> {
  if (!/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(commit)) throw new RangeError("not a full git object id");
  const { most, ...rest } = options;
  const list = ["--no-merges", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color", "--no-show-signature"];
  // What stands in a message is anybody's: nobody can guess what ends it here.
  const border = randomBytes(12).toString("hex");
  const format = ["-z", "--name-only", `--format=${border}%B${border}`, "-n", String(most)];
  const { stdout } = await git(["log", ...list, ...format, commit, "--"], {
    gitDirectory: mirror.directory,
    maxOutput: longest,
    ...rest,
  });
  const pieces = stdout.toString("utf8").split(border);
  const commits: PastCommit[] = [];
  for (let at = 1; at + 1 < pieces.length; at += 2) {
    const paths = (pieces[at + 1] ?? "").split("\0").map((path) => path.replace(/^\n/, ""));
    commits.push({ message: (pieces[at] ?? "").slice(0, longestMessage), paths: paths.filter((path) => path !== "") });
  }
  return commits;
}
