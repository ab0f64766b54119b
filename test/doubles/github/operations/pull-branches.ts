import type { Actor } from "../auth.ts";
import { requireAccount } from "../rest/access.ts";
import type { GitHub } from "../state/github.ts";
import { issueById } from "../state/issues.ts";
import { reviewsOf, type Pull } from "../state/pulls.ts";
import { branchProtectionOf, repositoryById } from "../state/repositories.ts";
import { emitReview } from "../webhooks/payloads/review.ts";
import { emitPull } from "../webhooks/payloads/thread.ts";
import { closeIssue, markClosed } from "./issues.ts";
import { recordIssueEvent } from "./issue-events.ts";
import { replaceComments } from "./review-comments.ts";

/** Brings `refs/pull/N/head` to the head commit, with its objects when the head is in a fork. */
export async function setHeadRef(github: GitHub, pull: Pull, head = pull.head.sha): Promise<void> {
  const git = github.git({ id: pull.repoId });
  const ref = `refs/pull/${pull.number}/head`;
  const fork = pull.head.repoId === pull.repoId || pull.head.repoId === null ? null : pull.head.repoId;
  if (fork !== null) await git.copyRef(github.git({ id: fork }), `refs/heads/${pull.head.ref}`, ref);
  else await git.updateRef(ref, head);
}

/** The head branch has a new tip: `pull_request.synchronize`; approvals go stale where the protection says so. */
export async function synchronize(github: GitHub, actor: Actor, pull: Pull, pushed: string): Promise<void> {
  const git = github.git({ id: pull.repoId });
  const source = github.git({ id: pull.head.repoId ?? pull.repoId });
  // Of two pushes at once the later one counts, in whatever order they come here.
  const tip = async () => (await source.resolve(`refs/heads/${pull.head.ref}`)) ?? pushed;
  const after = await tip();
  if (pull.head.sha === after) return;
  const base = await git.resolve(`refs/heads/${pull.base.ref}`);
  // Nobody is told of a head whose commits are not here yet.
  await setHeadRef(github, pull, after);
  if ((await tip()) !== after) return;
  const before = pull.head.sha;
  if (before === after) return;
  pull.head.sha = after;
  pull.base.sha = base ?? pull.base.sha;
  const issue = issueById(github.state, pull.issueId);
  issue.updatedAt = github.timestamp();
  if (!(await source.isAncestor(before, after)))
    recordIssueEvent(github, actor, issue, "head_ref_force_pushed", { commitId: after });
  await replaceComments(github, pull);
  await emitPull(github, actor, pull, "synchronize", { before, after });
  dismissStale(github, actor, pull);
}

function dismissStale(github: GitHub, actor: Actor, pull: Pull): void {
  const repository = repositoryById(github.state, pull.repoId);
  const rules = branchProtectionOf(github.state, repository, pull.base.ref)?.requiredReviews;
  if (!rules?.dismissStale) return;
  for (const review of reviewsOf(github.state, pull.id)) {
    if (review.state !== "APPROVED") continue;
    review.state = "DISMISSED";
    review.updatedAt = github.timestamp();
    emitReview(github, actor, "dismissed", review);
  }
}

/** A pull whose commits have all come to its base by a push counts as merged. */
export async function markMergedByPush(github: GitHub, actor: Actor, pull: Pull): Promise<void> {
  const issue = issueById(github.state, pull.issueId);
  if (issue.state === "closed") return;
  const git = github.git({ id: pull.repoId });
  const tip = await git.resolve(`refs/heads/${pull.base.ref}`);
  const known = await git.objectType(pull.head.sha);
  if (tip === null || known === null || !(await git.isAncestor(pull.head.sha, tip))) return;
  const isEmpty = await git.isAncestor(pull.head.sha, pull.base.sha);
  if (!isEmpty) setMerged(github, actor, pull, tip);
  markClosed(github, actor, issue);
  await emitPull(github, actor, pull, "closed");
}

/** Writes down who merged a pull, when and as which commit. */
export function setMerged(github: GitHub, actor: Actor, pull: Pull, sha: string): void {
  pull.mergedAt = github.timestamp();
  pull.mergedById = requireAccount(github, actor).id;
  pull.mergedSha = sha;
  recordIssueEvent(github, actor, issueById(github.state, pull.issueId), "merged", { commitId: sha });
}

/** Deleting a branch closes the pulls that come from it or go into it. */
export async function closePullsWithoutBranch(github: GitHub, actor: Actor, pulls: Pull[]): Promise<void> {
  for (const pull of pulls) await closeIssue(github, actor, issueById(github.state, pull.issueId), null);
}
