import type { Actor } from "../auth.ts";
import { allows } from "../permissions.ts";
import { roleAtLeast, roleOf, type Repository, type Role } from "../state/repositories.ts";
import type { GitHub } from "../state/github.ts";

/** The app through which an actor writes (`performed_via_github_app`); null for people. */
export function appIdOf(actor: Actor): number | null {
  return actor.kind === "installation" || actor.kind === "app" ? actor.app.id : null;
}

/** Whether an actor has at least this role; an installation is judged by `write` on one of `permissions`. */
export function mayAct(
  github: GitHub,
  actor: Actor,
  repository: Repository,
  role: Role,
  permissions: string[] = ["issues", "pull_requests"],
): boolean {
  if (actor.kind === "user") return roleAtLeast(roleOf(github.state, repository, actor.user.id), role);
  return actor.kind === "installation" && permissions.some((name) => allows(actor.permissions[name], "write"));
}

/** The committer of every commit made by a button or an API of GitHub's. */
export function webFlow(github: GitHub): { name: string; email: string; date: string } {
  return { name: "GitHub", email: "noreply@github.com", date: github.timestamp() };
}
