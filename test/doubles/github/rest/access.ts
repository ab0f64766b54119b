import { actingAccount, type Actor } from "../auth.ts";
import type { GitHub } from "../state/github.ts";
import type { Account } from "../state/accounts.ts";
import { installationCovers } from "../state/apps.ts";
import { repositoryByName, roleAtLeast, roleOf, type Repository, type Role } from "../state/repositories.ts";
import { HttpProblem, notFound } from "./problem.ts";
import type { RestRequest } from "./router.ts";

/** The repository that a `/repos/{owner}/{repo}` request is about. Throws 404 when there is none or the actor may not see it, 301 when it was renamed. */
export function repositoryOf({
  github,
  actor,
  params,
  request,
}: Pick<RestRequest, "github" | "actor" | "params" | "request">): Repository {
  const owner = params["owner"] ?? "";
  const name = params["repo"] ?? "";
  const found = repositoryByName(github.state, owner, name);
  if (found) {
    if (!maySee(github, actor, found)) throw notFound();
    return found;
  }
  const renamed = github.state.repositories.find((one) =>
    one.previousFullNames.includes(`${owner}/${name}`.toLowerCase()),
  );
  if (!renamed || !maySee(github, actor, renamed)) throw notFound();
  const rest = request.path.replace(/^(\/api\/v3)?\/repos\/[^/]+\/[^/]+/, "");
  const location = `${github.apiUrl}/repositories/${renamed.id}${rest}`;
  throw new HttpProblem(request.method === "GET" ? 301 : 307, "Moved Permanently", undefined, { location });
}

/** Whether an actor can see that a repository exists. */
export function maySee(github: GitHub, actor: Actor, repository: Repository): boolean {
  return !repository.private || mayRead(github, actor, repository);
}

function mayRead(github: GitHub, actor: Actor, repository: Repository): boolean {
  switch (actor.kind) {
    case "user":
      return roleOf(github.state, repository, actor.user.id) !== null;
    case "installation":
      return tokenCovers(actor, repository);
    case "app":
    case "anonymous":
      return false;
  }
}

/** Whether an installation token reaches a repository (installed there, and not narrowed away). */
export function tokenCovers(actor: Extract<Actor, { kind: "installation" }>, repository: Repository): boolean {
  return (
    installationCovers(actor.installation, repository) &&
    (actor.repositories === null || actor.repositories.includes(repository.id))
  );
}

/** Throws 403 unless a person has at least this role. Installation tokens are judged by their permissions instead, and pass. */
export function requireRole(github: GitHub, actor: Actor, repository: Repository, role: Role): void {
  if (actor.kind !== "user") return;
  if (roleAtLeast(roleOf(github.state, repository, actor.user.id), role)) return;
  throw new HttpProblem(
    403,
    role === "admin" ? "Must have admin rights to Repository." : "Must have push access to repository",
  );
}

/** The account that acts. Throws 401 for nobody. */
export function requireAccount(github: GitHub, actor: Actor): Account {
  const account = actingAccount(github, actor);
  if (!account) throw new HttpProblem(401, "Requires authentication");
  return account;
}
