import type { CheckRun } from "../state/checks.ts";
import type { GitHub } from "../state/github.ts";
import { issueById } from "../state/issues.ts";
import { reviewsOf, threadsOf, type Pull, type Review } from "../state/pulls.ts";
import { branchProtectionOf, repositoryById, roleAtLeast, roleOf, type Repository } from "../state/repositories.ts";
import type { StatusState } from "../state/statuses.ts";

export type CheckOutcome = "success" | "pending" | "failure";

/** Newest result of each context on a commit: check runs by app and name, statuses by context. */
export function outcomesOn(
  github: GitHub,
  repository: Repository,
  sha: string,
): { context: string; appId: number | null; outcome: CheckOutcome }[] {
  const newest = new Map<string, { context: string; appId: number | null; outcome: CheckOutcome }>();
  const { checkRuns, statuses } = github.state;
  for (const run of checkRuns)
    if (run.repoId === repository.id && run.headSha === sha)
      newest.set(`${run.appId}:${run.name}`, { context: run.name, appId: run.appId, outcome: outcomeOfRun(run) });
  for (const status of statuses)
    if (status.repoId === repository.id && status.sha === sha) {
      const { context } = status;
      newest.set(`status:${context}`, { context, appId: null, outcome: outcomeOfStatus(status.state) });
    }
  return [...newest.values()];
}

function outcomeOfRun(run: CheckRun): CheckOutcome {
  if (run.status !== "completed") return "pending";
  return run.conclusion === "success" || run.conclusion === "neutral" || run.conclusion === "skipped"
    ? "success"
    : "failure";
}

function outcomeOfStatus(state: StatusState): CheckOutcome {
  if (state === "success" || state === "pending") return state;
  return "failure";
}

/** Contexts that the protection of the base branch asks for and that have not succeeded. */
function missingChecks(github: GitHub, pull: Pull): { context: string; outcome: CheckOutcome | "expected" }[] {
  const repository = repositoryById(github.state, pull.repoId);
  const required = branchProtectionOf(github.state, repository, pull.base.ref)?.requiredStatusChecks?.checks ?? [];
  const outcomes = outcomesOn(github, repository, pull.head.sha);
  return required.flatMap(({ context, appId }) => {
    const found = outcomes.filter((one) => one.context === context && (appId === null || one.appId === appId));
    const outcome = worst(found.map((one) => one.outcome));
    return outcome === "success" ? [] : [{ context, outcome }];
  });
}

function worst(outcomes: CheckOutcome[]): CheckOutcome | "expected" {
  if (outcomes.length === 0) return "expected";
  if (outcomes.includes("failure")) return "failure";
  return outcomes.includes("pending") ? "pending" : "success";
}

const words = { expected: "expected", pending: "pending", failure: "failing", success: "succeeding" };

/** What branch protection still asks for, in GitHub's sentences; empty when nothing stands against a merge. */
export async function unmetRequirements(github: GitHub, pull: Pull): Promise<string[]> {
  const { state } = github;
  const protection = branchProtectionOf(state, repositoryById(state, pull.repoId), pull.base.ref);
  if (!protection) return [];
  const unmet: string[] = [];
  const missing = missingChecks(github, pull);
  const [first] = missing;
  if (first && missing.length === 1) unmet.push(`Required status check "${first.context}" is ${words[first.outcome]}.`);
  if (missing.length > 1) {
    const total = protection.requiredStatusChecks?.checks.length ?? missing.length;
    unmet.push(`${missing.length} of ${total} required status checks have not succeeded: ${tally(missing)}.`);
  }
  if (protection.requiredReviews) unmet.push(...unmetReviews(github, pull, protection.requiredReviews.approvals));
  const open = threadsOf(state, pull.id).filter((thread) => thread.resolvedAt === null);
  if (protection.conversationResolution && open.length > 0)
    unmet.push("A conversation must be resolved before this pull request can be merged.");
  if (protection.lockBranch) unmet.push("This branch is locked.");
  if (protection.requiredStatusChecks?.strict && (await isBehind(github, pull)))
    unmet.push("The head branch is not up to date with the base branch.");
  return unmet;
}

function tally(missing: { outcome: CheckOutcome | "expected" }[]): string {
  const kinds = ["expected", "failure", "pending"] as const;
  const parts = kinds.flatMap((kind) => {
    const count = missing.filter((one) => one.outcome === kind).length;
    return count > 0 ? [`${count} ${words[kind]}`] : [];
  });
  return parts.join(" and ");
}

/** Whether the base branch has commits that the head lacks. */
export async function isBehind(github: GitHub, pull: Pull): Promise<boolean> {
  const git = github.git({ id: pull.repoId });
  const base = await git.resolve(`refs/heads/${pull.base.ref}`);
  return base !== null && !(await git.isAncestor(base, pull.head.sha));
}

/** The opinion of each reviewer that counts: the newest approval, request for changes or dismissal. */
export function latestOpinions(github: GitHub, pull: Pull): Review[] {
  const newest = new Map<number, Review>();
  for (const review of reviewsOf(github.state, pull.id))
    if (review.state !== "COMMENTED" && review.state !== "PENDING") newest.set(review.userId, review);
  return [...newest.values()];
}

function unmetReviews(github: GitHub, pull: Pull, approvals: number): string[] {
  const repository = repositoryById(github.state, pull.repoId);
  const author = issueById(github.state, pull.issueId).userId;
  const counting = latestOpinions(github, pull).filter(
    (review) => review.userId !== author && roleAtLeast(roleOf(github.state, repository, review.userId), "write"),
  );
  if (counting.some((review) => review.state === "CHANGES_REQUESTED"))
    return ["Changes have been requested by a reviewer with write access."];
  if (counting.filter((review) => review.state === "APPROVED").length >= approvals) return [];
  const plural = approvals === 1 ? "review is" : "reviews are";
  return [`At least ${approvals} approving ${plural} required by reviewers with write access.`];
}
