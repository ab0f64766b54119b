import type { DiffFile } from "../git/diff.ts";
import type { GitCommit } from "../git/commits.ts";
import { EMPTY_TREE } from "../git/objects.ts";
import type { GitHub } from "../state/github.ts";
import type { Pull } from "../state/pulls.ts";
import { repositoryById } from "../state/repositories.ts";

export interface PullDiff {
  /** merge base of base and head: what the diff is taken from */
  from: string;
  head: string;
  files: DiffFile[];
  commits: GitCommit[];
}

const known = new WeakMap<GitHub, Map<string, PullDiff>>();

/** Files and commits of a pull: three-dot, against the merge base, as GitHub shows them. Kept by content. */
export async function pullDiff(github: GitHub, pull: Pull): Promise<PullDiff> {
  const git = github.git(repositoryById(github.state, pull.repoId));
  const tip = pull.mergedAt === null ? await git.resolve(`refs/heads/${pull.base.ref}`) : null;
  const base = tip ?? pull.base.sha;
  const head = pull.head.sha;
  const cache = known.get(github) ?? new Map<string, PullDiff>();
  known.set(github, cache);
  const key = `${pull.repoId}:${base}:${head}`;
  const before = cache.get(key);
  if (before) return before;
  const from = (await git.mergeBase(base, head)) ?? EMPTY_TREE;
  const [files, commits] = await Promise.all([
    git.diffFiles(from, head),
    git.commitsBetween(from === EMPTY_TREE ? from : base, head),
  ]);
  const diff = { from, head, files, commits };
  cache.set(key, diff);
  return diff;
}
