import type { GitHub } from "../state/github.ts";
import { issueById } from "../state/issues.ts";
import type { Pull } from "../state/pulls.ts";
import { branchProtectionOf, repositoryById } from "../state/repositories.ts";
import { isBehind, outcomesOn, unmetRequirements } from "./protection.ts";

export type MergeableState = "behind" | "blocked" | "clean" | "dirty" | "draft" | "unknown" | "unstable";

/** GitHub's `mergeable_state`, from the trial merge that is known; `unknown` before one was made. */
export async function mergeableState(github: GitHub, pull: Pull): Promise<MergeableState> {
  const { state } = github;
  const trial = pull.trialMerge;
  if (issueById(state, pull.issueId).state === "closed" || trial?.headSha !== pull.head.sha) return "unknown";
  if (!trial.clean) return "dirty";
  if (pull.draft) return "draft";
  const repository = repositoryById(state, pull.repoId);
  const unmet = await unmetRequirements(github, pull);
  const strict = branchProtectionOf(state, repository, pull.base.ref)?.requiredStatusChecks?.strict ?? false;
  if (unmet.length === 1 && strict && (await isBehind(github, pull))) return "behind";
  if (unmet.length > 0) return "blocked";
  const outcomes = outcomesOn(github, repository, pull.head.sha);
  return outcomes.every((one) => one.outcome === "success") ? "clean" : "unstable";
}
