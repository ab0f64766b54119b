import { actingAccount, type Actor } from "../auth.ts";
import { allows } from "../permissions.ts";
import { HttpProblem } from "../rest/problem.ts";
import type { GitHub } from "../state/github.ts";
import { branchProtectionOf, roleAtLeast, roleOf, type Repository } from "../state/repositories.ts";
import { refsChanged } from "./refs-changed.ts";

/** A ref that shall move, through the API. `before` null: it must not exist; `after` null: it goes away. */
export interface RefUpdate {
  ref: string;
  before: string | null;
  after: string | null;
}

/**
 * Moves one ref as an API call does, with branch protection, and tells everybody. Throws 409 when the ref has moved meanwhile,
 * and 422 (409 for `contents`) with GitHub's sentence when protection forbids it.
 */
export async function moveRef(
  github: GitHub,
  actor: Actor,
  repository: Repository,
  update: RefUpdate,
  refusal = 422,
): Promise<void> {
  const git = github.git(repository);
  await refuseProtected(github, actor, repository, update, refusal);
  if (update.after === null) await git.deleteRef(update.ref);
  else if ((await git.updateRef(update.ref, update.after, update.before)) === "stale") {
    const now = await git.readRef(update.ref);
    throw new HttpProblem(409, `is at ${now ?? "nothing"} but expected ${update.before ?? "nothing"}`);
  }
  await refsChanged(github, actor, repository, [update]);
}

/** Throws 403 when an app without the permission `workflows` changes workflow files. */
export function refuseWorkflowFiles(actor: Actor, paths: readonly string[]): void {
  if (actor.kind !== "installation" || allows(actor.permissions["workflows"], "write")) return;
  const found = paths.find((path) => path.startsWith(".github/workflows/"));
  if (found !== undefined) throw new HttpProblem(403, "Resource not accessible by integration");
}

async function refuseProtected(
  github: GitHub,
  actor: Actor,
  repository: Repository,
  { ref, before, after }: RefUpdate,
  status: number,
): Promise<void> {
  const branch = ref.replace(/^refs\/heads\//, "");
  const protection = branchProtectionOf(github.state, repository, branch);
  if (!protection) return;
  const account = actingAccount(github, actor);
  const admin = actor.kind === "user" && roleAtLeast(roleOf(github.state, repository, account?.id ?? 0), "admin");
  if (admin && !protection.enforceAdmins) return;
  const refuse = (message: string) => {
    throw new HttpProblem(status, `Repository rule violations found\n\n${message}`);
  };
  if (protection.lockBranch) refuse("Cannot change this locked branch");
  if (after === null && !protection.allowDeletions) refuse("Cannot delete this protected branch");
  const forced = before !== null && after !== null && !(await github.git(repository).isAncestor(before, after));
  if (forced && !protection.allowForcePushes) refuse("Cannot force-push to this protected branch");
  if (protection.requiredReviews) refuse("Changes must be made through a pull request.");
  const name = actor.kind === "installation" ? actor.app.slug : account?.login;
  const allowed = [...(protection.restrictions?.apps ?? []), ...(protection.restrictions?.users ?? [])];
  if (protection.restrictions && !allowed.includes(name ?? "")) refuse("You're not authorized to push to this branch.");
  if (protection.requiredStatusChecks && protection.requiredStatusChecks.checks.length > 0) {
    refuse(`Required status check "${protection.requiredStatusChecks.checks[0]?.context}" is expected.`);
  }
}
