import { actingAccount, type Actor } from "../auth.ts";
import type { GitHub } from "../state/github.ts";
import { roleAtLeast, roleOf, type BranchProtection, type Repository } from "../state/repositories.ts";
import { outcomesOn } from "./protection.ts";

type RequiredCheck = NonNullable<BranchProtection["requiredStatusChecks"]>["checks"][number];

/** One thing that an actor may not do to a branch, by push or by API. */
export interface PushRule {
  /** In full. */
  readonly ref: string;
  /** `unless`: when the new commit is not one of `passed`. */
  readonly kind: "deny" | "delete" | "force" | "unless";
  readonly passed: readonly string[];
  /** GitHub's words. */
  readonly message: string;
}

/**
 * What branch protection forbids this actor, in the order in which GitHub tells it.
 * Administrators pass a protection that does not say `enforce_admins`; apps are never administrators.
 */
export function pushRules(github: GitHub, actor: Actor, repository: Repository): PushRule[] {
  const admin = actor.kind === "user" && roleAtLeast(roleOf(github.state, repository, actor.user.id), "admin");
  return github.state.branchProtections
    .filter((protection) => protection.repositoryId === repository.id)
    .filter((protection) => !admin || protection.enforceAdmins)
    .flatMap((protection) => rulesOf(github, actor, repository, protection));
}

function rulesOf(github: GitHub, actor: Actor, repository: Repository, protection: BranchProtection): PushRule[] {
  const rules: PushRule[] = [];
  const rule = (kind: PushRule["kind"], message: string, passed: readonly string[] = []) =>
    rules.push({ ref: `refs/heads/${protection.branch}`, kind, message, passed });
  if (protection.lockBranch) rule("deny", "Cannot change this locked branch");
  if (!mayPushPast(github, protection, actor)) rule("deny", "You're not authorized to push to this branch.");
  if (!protection.allowDeletions) rule("delete", "Cannot delete this protected branch");
  if (!protection.allowForcePushes) rule("force", "Cannot force-push to this protected branch");
  if (protection.requiredReviews) rule("deny", "Changes must be made through a pull request.");
  const required = protection.requiredStatusChecks?.checks ?? [];
  if (required.length > 0)
    rule(
      "unless",
      missingChecks(required.map((check) => check.context)),
      commitsThatPassed(github, repository, required),
    );
  return rules;
}

function mayPushPast(github: GitHub, protection: BranchProtection, actor: Actor): boolean {
  if (!protection.restrictions) return true;
  if (actor.kind === "installation") return protection.restrictions.apps.includes(actor.app.slug);
  const login = actingAccount(github, actor)?.login;
  return login !== undefined && protection.restrictions.users.includes(login);
}

function missingChecks(required: string[]): string {
  if (required.length === 1) return `Required status check "${required[0] ?? ""}" is expected.`;
  return `${String(required.length)} of ${String(required.length)} required status checks are expected.`;
}

// A commit that is known already and is green everywhere may be pushed, as on GitHub.
function commitsThatPassed(github: GitHub, repository: Repository, required: RequiredCheck[]): string[] {
  const { checkRuns, statuses } = github.state;
  const runs = checkRuns.filter((run) => run.repoId === repository.id).map((run) => run.headSha);
  const marks = statuses.filter((status) => status.repoId === repository.id).map((status) => status.sha);
  return [...new Set([...runs, ...marks])].filter((sha) => {
    const green = outcomesOn(github, repository, sha).filter((one) => one.outcome === "success");
    return required.every(({ context, appId }) =>
      green.some((one) => one.context === context && (appId === null || one.appId === appId)),
    );
  });
}
