import type { Actor } from "../auth.ts";
import { EMPTY_TREE } from "../git/objects.ts";
import type { GitCommit } from "../git/commits.ts";
import type { GitHub } from "../state/github.ts";
import { issueById } from "../state/issues.ts";
import type { Pull } from "../state/pulls.ts";
import type { Repository } from "../state/repositories.ts";
import { emitPush, emitRefEvent, NO_COMMIT, type RefChange } from "../webhooks/payloads/push.ts";
import { requestSuites } from "./check-suites.ts";
import { closeIssue } from "./issues.ts";
import { closingIssues } from "./keywords.ts";
import { closePullsWithoutBranch, markMergedByPush, synchronize } from "./pull-branches.ts";
import { trialMerge } from "./trial-merge.ts";

/** Events and consequences of refs that have moved. Gives the open pulls that they touch. */
export async function announcePush(
  github: GitHub,
  actor: Actor,
  repository: Repository,
  changes: readonly RefChange[],
): Promise<Pull[]> {
  const touched = new Set<Pull>();
  for (const raw of changes) {
    const change = { ...raw, before: known(raw.before), after: known(raw.after) };
    if (change.before === change.after) continue;
    repository.pushedAt = github.timestamp();
    const commits = await newCommits(github, repository, change);
    if (change.before === null || change.after === null) emitRefEvent(github, actor, repository, change);
    await emitPush(github, actor, repository, change, commits);
    if (!change.ref.startsWith("refs/heads/")) continue;
    const branch = change.ref.slice("refs/heads/".length);
    for (const pull of await movePulls(github, actor, repository, branch, change)) touched.add(pull);
    if (change.after !== null)
      await requestSuites(github, actor, repository, { branch, before: change.before, after: change.after });
    if (branch === repository.defaultBranch) await closeByCommits(github, actor, repository, commits);
  }
  return [...touched].filter((pull) => issueById(github.state, pull.issueId).state === "open");
}

function known(sha: string | null): string | null {
  return sha === null || sha === NO_COMMIT ? null : sha;
}

async function newCommits(github: GitHub, repository: Repository, change: RefChange): Promise<GitCommit[]> {
  const git = github.git(repository);
  const { after } = change;
  if (after === null || change.ref.startsWith("refs/tags/")) return [];
  if (change.before !== null) return git.commitsBetween(change.before, after);
  const trunk = await git.resolve(`refs/heads/${repository.defaultBranch}`);
  const isTrunk = change.ref === `refs/heads/${repository.defaultBranch}`;
  return git.commitsBetween(trunk === null || isTrunk ? EMPTY_TREE : trunk, after);
}

async function movePulls(
  github: GitHub,
  actor: Actor,
  repository: Repository,
  branch: string,
  change: RefChange,
): Promise<Pull[]> {
  const open = github.state.pulls.filter((pull) => issueById(github.state, pull.issueId).state === "open");
  const heads = open.filter((pull) => pull.head.repoId === repository.id && pull.head.ref === branch);
  const bases = open.filter((pull) => pull.repoId === repository.id && pull.base.ref === branch);
  if (change.after === null) {
    await closePullsWithoutBranch(github, actor, [...heads, ...bases]);
    return [];
  }
  for (const pull of heads) await synchronize(github, actor, pull, change.after);
  for (const pull of [...heads, ...bases]) await markMergedByPush(github, actor, pull);
  for (const pull of [...heads, ...bases]) await trialMerge(github, pull);
  return [...heads, ...bases];
}

async function closeByCommits(
  github: GitHub,
  actor: Actor,
  repository: Repository,
  commits: GitCommit[],
): Promise<void> {
  for (const commit of commits)
    for (const issue of closingIssues(github, repository, commit.message))
      await closeIssue(github, actor, issue, "completed");
}
