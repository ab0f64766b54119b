import { undecodable } from "../app-jwt.ts";
import type { Actor } from "../auth.ts";
import { allows, type PermissionSet } from "../permissions.ts";
import type { Repository } from "../state/repositories.ts";
import { repositoryOf, requireRole, tokenCovers } from "./access.ts";
import { HttpProblem, notAccessible } from "./problem.ts";
import type { RestRequest, Route } from "./router.ts";

/** Lets a request pass or throws 401, 403 or 404 as GitHub would: kind of token first, then what is visible, then what is allowed. */
export function authorize(route: Route, request: RestRequest): void {
  if (route.auth) requireKind(route.auth, request.actor);
  else if (route.pattern.startsWith("/repos/{owner}/{repo}")) authorizeInRepository(route, request);
}

function requireKind(wanted: NonNullable<Route["auth"]>, actor: Actor): void {
  if (actor.kind === wanted) return;
  switch (wanted) {
    case "app":
      throw undecodable();
    case "user":
      throw actor.kind === "anonymous" ? requiresAuthentication() : notAccessible();
    case "installation":
      throw new HttpProblem(403, "You must authenticate with an installation access token in order to do this.");
  }
}

function authorizeInRepository(route: Route, request: RestRequest): void {
  const { github, actor } = request;
  const repository = repositoryOf(request);
  const reads = route.method === "GET";
  if (!reads && repository.archived && route.pattern !== "/repos/{owner}/{repo}") {
    throw new HttpProblem(403, "Repository was archived so is read-only.");
  }
  switch (actor.kind) {
    case "anonymous":
      if (!reads || (route.role && route.role !== "read")) throw requiresAuthentication();
      return;
    case "app":
      throw notAccessible();
    case "user":
      requireRole(github, actor, repository, route.role ?? (reads ? "read" : "write"));
      return;
    case "installation":
      requirePermission(actor, repository, route, reads);
  }
}

function requirePermission(
  actor: Extract<Actor, { kind: "installation" }>,
  repository: Repository,
  route: Route,
  reads: boolean,
): void {
  // Public things can be read with any token, also of an installation elsewhere.
  if (!tokenCovers(actor, repository)) {
    if (reads) return;
    throw notAccessible();
  }
  if (route.permission && !anyAllowed(actor.permissions, route.permission)) throw notAccessible();
}

function anyAllowed(granted: PermissionSet, wanted: PermissionSet): boolean {
  return Object.entries(wanted).some(([name, access]) => allows(granted[name], access));
}

function requiresAuthentication(): HttpProblem {
  return new HttpProblem(401, "Requires authentication");
}
