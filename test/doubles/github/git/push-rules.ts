import { actingAccount, type Actor } from "../auth.ts";
import { outcomesOn } from "../operations/protection.ts";
import { allows } from "../permissions.ts";
import type { GitHub } from "../state/github.ts";
import { roleAtLeast, roleOf, type BranchProtection, type Repository } from "../state/repositories.ts";

type RequiredCheck = NonNullable<BranchProtection["requiredStatusChecks"]>["checks"][number];

/**
 * What this actor's push may not do, as lines for the hook `hooks/update`, which alone knows the new commits.
 * Administrators pass a protection that does not say `enforce_admins`; apps are never administrators.
 */
export function pushRules(github: GitHub, repository: Repository, actor: Actor): string {
  const lines: string[] = [];
  const admin = actor.kind === "user" && roleAtLeast(roleOf(github.state, repository, actor.user.id), "admin");
  for (const protection of github.state.branchProtections) {
    if (protection.repositoryId !== repository.id) continue;
    if (admin && !protection.enforceAdmins) continue;
    lines.push(...linesOf(github, repository, protection, actor));
  }
  if (actor.kind === "installation" && !allows(actor.permissions["workflows"], "write")) lines.push("workflows");
  return lines.join("\n");
}

function linesOf(github: GitHub, repository: Repository, protection: BranchProtection, actor: Actor): string[] {
  const ref = `refs/heads/${protection.branch}`;
  const lines: string[] = [];
  const rule = (kind: string, detail: string) => lines.push(`${kind}\t${ref}\t${detail}`);
  if (protection.lockBranch) rule("deny", "Cannot change this locked branch");
  if (!mayPushPast(github, protection, actor)) rule("deny", "You're not authorized to push to this branch.");
  if (!protection.allowDeletions) rule("delete", "Cannot delete this protected branch");
  if (!protection.allowForcePushes) rule("force", "Cannot force-push to this protected branch");
  if (protection.requiredReviews) rule("deny", "Changes must be made through a pull request.");
  const required = protection.requiredStatusChecks?.checks ?? [];
  if (required.length > 0) {
    // The newest are enough, and an environment variable is no place for all.
    const passed = commitsThatPassed(github, repository, required).slice(-1000).join(" ");
    rule("unless", `${passed}:${missingChecks(required.map((check) => check.context))}`);
  }
  return lines;
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
