import type { GitHub } from "../state/github.ts";
import { webFlow } from "./acting.ts";
import type { Pull, TrialMerge } from "../state/pulls.ts";
import { issueById } from "../state/issues.ts";
import { repositoryById } from "../state/repositories.ts";

/**
 * Whether a pull merges cleanly into its base as it is now; sets `refs/pull/N/merge` to the trial commit, or removes it on conflict.
 * Null when a branch is gone or the pull is closed.
 */
export async function trialMerge(github: GitHub, pull: Pull): Promise<TrialMerge | null> {
  if (issueById(github.state, pull.issueId).state === "closed") return null;
  const repository = repositoryById(github.state, pull.repoId);
  const git = github.git(repository);
  const baseSha = await git.resolve(`refs/heads/${pull.base.ref}`);
  if (baseSha === null) return null;
  const headSha = pull.head.sha;
  const known = pull.trialMerge;
  if (known && known.baseSha === baseSha && known.headSha === headSha) return known;
  const merged = await git.mergeTree(baseSha, headSha);
  const ref = `refs/pull/${pull.number}/merge`;
  let commit: string | null = null;
  if (merged.clean) {
    const person = webFlow(github);
    const message = `Merge ${headSha} into ${baseSha}`;
    commit = await git.createCommit({
      tree: merged.tree,
      parents: [baseSha, headSha],
      message,
      author: person,
      committer: person,
    });
    await git.updateRef(ref, commit);
  } else if (await git.readRef(ref)) {
    await git.deleteRef(ref);
  }
  // A push may have moved the head while git was at work; what was found out then counts for nothing.
  if (pull.head.sha !== headSha) return trialMerge(github, pull);
  pull.trialMerge = { baseSha, headSha, clean: merged.clean, commit };
  return pull.trialMerge;
}
