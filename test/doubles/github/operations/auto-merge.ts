import type { Actor } from "../auth.ts";
import { requireAccount } from "../rest/access.ts";
import { HttpProblem } from "../rest/problem.ts";
import { accountById } from "../state/accounts.ts";
import type { GitHub } from "../state/github.ts";
import { issueById } from "../state/issues.ts";
import type { MergeMethod, Pull } from "../state/pulls.ts";
import { repositoryById } from "../state/repositories.ts";
import { emitPull } from "../webhooks/payloads/thread.ts";
import { mergeableState } from "./mergeable-state.ts";
import { mergePull } from "./merge.ts";
import { trialMerge } from "./trial-merge.ts";

export interface AutoMergeInput {
  method?: MergeMethod;
  commitTitle?: string | null;
  commitMessage?: string | null;
}

/**
 * Asks GitHub to merge once everything required is there. Throws 422 with GitHub's sentences when the repository does not
 * allow it, the pull is closed or a draft, or it could be merged at once.
 */
export async function enableAutoMerge(github: GitHub, actor: Actor, pull: Pull, input: AutoMergeInput): Promise<Pull> {
  const repository = repositoryById(github.state, pull.repoId);
  if (!repository.allowAutoMerge) throw refuse("Auto merge is not allowed for this repository");
  if (issueById(github.state, pull.issueId).state === "closed") throw refuse("Pull request is closed");
  if (pull.draft) throw refuse("Pull request is in draft state");
  await trialMerge(github, pull);
  const state = await mergeableState(github, pull);
  if (state === "clean" || state === "unstable") throw refuse(`Pull request is in ${state} status`);
  pull.autoMerge = {
    enabledById: requireAccount(github, actor).id,
    method: input.method ?? "merge",
    commitTitle: input.commitTitle ?? null,
    commitMessage: input.commitMessage ?? null,
    enabledAt: github.timestamp(),
  };
  await emitPull(github, actor, pull, "auto_merge_enabled");
  return pull;
}

/** Takes the wish back. Throws 422 when there is none. */
export async function disableAutoMerge(github: GitHub, actor: Actor, pull: Pull): Promise<Pull> {
  if (!pull.autoMerge) throw refuse("Can't disable auto-merge for this pull request.");
  pull.autoMerge = null;
  await emitPull(github, actor, pull, "auto_merge_disabled", { reason: "Auto-merge was disabled by a user" });
  return pull;
}

/** Merges if auto-merge is on and nothing stands against it any more; called after everything that may change that. */
export async function tryAutoMerge(github: GitHub, pull: Pull): Promise<void> {
  const wish = pull.autoMerge;
  if (!wish || issueById(github.state, pull.issueId).state === "closed") return;
  await trialMerge(github, pull);
  const state = await mergeableState(github, pull);
  if (state !== "clean" && state !== "unstable") return;
  const actor: Actor = { kind: "user", user: accountById(github.state, wish.enabledById) };
  try {
    await mergePull(github, actor, pull, {
      method: wish.method,
      ...(wish.commitTitle !== null && { commitTitle: wish.commitTitle }),
      ...(wish.commitMessage !== null && { commitMessage: wish.commitMessage }),
    });
  } catch (error) {
    // The request that met the last condition must not fail because the merge did.
    if (!(error instanceof HttpProblem)) throw error;
    pull.autoMerge = null;
    await emitPull(github, actor, pull, "auto_merge_disabled", { reason: error.message });
  }
}

/** `tryAutoMerge` for every open pull whose head is this commit. */
export async function tryAutoMergeOf(github: GitHub, repoId: number, sha: string): Promise<void> {
  for (const pull of github.state.pulls)
    if (pull.repoId === repoId && pull.head.sha === sha) await tryAutoMerge(github, pull);
}

function refuse(message: string): HttpProblem {
  return new HttpProblem(422, message);
}
