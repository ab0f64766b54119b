import type { Actor } from "../auth.ts";
import { requireAccount } from "../rest/access.ts";
import { HttpProblem } from "../rest/problem.ts";
import type { GitHub } from "../state/github.ts";
import { issueById, type Issue } from "../state/issues.ts";
import type { MergeMethod, Pull } from "../state/pulls.ts";
import { branchProtectionOf, repositoryById, roleOf, type Repository } from "../state/repositories.ts";
import { emitPull } from "../webhooks/payloads/thread.ts";
import { closeIssue, markClosed } from "./issues.ts";
import { closingIssues } from "./keywords.ts";
import { makeMergeCommit } from "./merge-commit.ts";
import { unmetRequirements } from "./protection.ts";
import { setMerged } from "./pull-branches.ts";
import { announcePush } from "./push-effects.ts";
import { trialMerge } from "./trial-merge.ts";

export interface MergeInput {
  method?: MergeMethod;
  /** the head that must still be the head */
  sha?: string;
  commitTitle?: string;
  commitMessage?: string;
}

const methodNames: Record<MergeMethod, string> = { merge: "Merge", squash: "Squash", rebase: "Rebase" };

/**
 * Merges a pull into its base branch and does what follows: push, closed issues, branch deletion.
 * Throws 409 when `sha` is no longer the head, 405 with GitHub's reason when it must not be merged.
 */
export async function mergePull(github: GitHub, actor: Actor, pull: Pull, input: MergeInput): Promise<{ sha: string }> {
  const repository = repositoryById(github.state, pull.repoId);
  const issue = issueById(github.state, pull.issueId);
  const method = input.method ?? "merge";
  requireAccount(github, actor);
  if (issue.state === "closed") throw notAllowed("Pull Request is not mergeable");
  if (input.sha !== undefined && input.sha !== pull.head.sha)
    throw new HttpProblem(409, "Head branch was modified. Review and try the merge again.");
  if (pull.draft) throw notAllowed("Pull Request is still a draft");
  requireMethod(github, repository, pull, method);
  await requireProtectionMet(github, actor, repository, pull);
  const trial = await trialMerge(github, pull);
  if (!trial?.clean) throw notAllowed("Pull Request is not mergeable");
  const sha = await makeMergeCommit(github, actor, pull, trial, { ...input, method });
  const ref = `refs/heads/${pull.base.ref}`;
  if (pull.head.sha !== trial.headSha)
    throw new HttpProblem(409, "Head branch was modified. Review and try the merge again.");
  if ((await github.git(repository).updateRef(ref, sha, trial.baseSha)) === "stale")
    throw notAllowed("Base branch was modified. Review and try the merge again.");
  await afterMerge(github, actor, repository, pull, issue, { ref, before: trial.baseSha, after: sha });
  return { sha };
}

function requireMethod(github: GitHub, repository: Repository, pull: Pull, method: MergeMethod): void {
  const allowed = {
    merge: repository.allowMergeCommit,
    squash: repository.allowSquashMerge,
    rebase: repository.allowRebaseMerge,
  };
  if (!allowed[method]) throw notAllowed(`${methodNames[method]} merges are not allowed on this repository.`);
  const isLinear = branchProtectionOf(github.state, repository, pull.base.ref)?.linearHistory ?? false;
  if (isLinear && method === "merge") throw notAllowed("Merge commits are not allowed on this repository.");
}

async function requireProtectionMet(github: GitHub, actor: Actor, repository: Repository, pull: Pull): Promise<void> {
  const protection = branchProtectionOf(github.state, repository, pull.base.ref);
  const isAdmin = actor.kind === "user" && roleOf(github.state, repository, actor.user.id) === "admin";
  if (!protection || (isAdmin && !protection.enforceAdmins)) return;
  const unmet = await unmetRequirements(github, pull);
  if (unmet.length > 0) throw notAllowed(unmet.join(" "));
}

async function afterMerge(
  github: GitHub,
  actor: Actor,
  repository: Repository,
  pull: Pull,
  issue: Issue,
  change: { ref: string; before: string; after: string },
): Promise<void> {
  pull.base.sha = change.before;
  pull.autoMerge = null;
  setMerged(github, actor, pull, change.after);
  markClosed(github, actor, issue);
  const git = github.git(repository);
  if (await git.readRef(`refs/pull/${pull.number}/merge`)) await git.deleteRef(`refs/pull/${pull.number}/merge`);
  await emitPull(github, actor, pull, "closed");
  if (pull.base.ref === repository.defaultBranch)
    for (const closed of closingIssues(github, repository, issue.body ?? ""))
      await closeIssue(github, actor, closed, "completed");
  await announcePush(github, actor, repository, [change]);
  if (repository.deleteBranchOnMerge) await deleteHeadBranch(github, actor, repository, pull);
}

async function deleteHeadBranch(github: GitHub, actor: Actor, repository: Repository, pull: Pull): Promise<void> {
  if (pull.head.repoId !== repository.id || pull.head.ref === repository.defaultBranch) return;
  const git = github.git(repository);
  const ref = `refs/heads/${pull.head.ref}`;
  // A commit that came after the merged one would be lost.
  if ((await git.readRef(ref)) !== pull.head.sha) return;
  await git.deleteRef(ref);
  await announcePush(github, actor, repository, [{ ref, before: pull.head.sha, after: null }]);
}

function notAllowed(message: string): HttpProblem {
  return new HttpProblem(405, message);
}
