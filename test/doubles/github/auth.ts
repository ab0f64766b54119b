import { appOfJwt } from "./app-jwt.ts";
import { HttpProblem } from "./rest/problem.ts";
import { accountById, type Account } from "./state/accounts.ts";
import { appById, type App, type Installation } from "./state/apps.ts";
import type { GitHub } from "./state/github.ts";
import type { PermissionSet } from "./permissions.ts";

/** Who asks. `repositories` null: every repository of the installation. */
export type Actor =
  | { kind: "anonymous" }
  | { kind: "user"; user: Account }
  | { kind: "app"; app: App }
  | {
      kind: "installation";
      app: App;
      installation: Installation;
      permissions: PermissionSet;
      repositories: number[] | null;
      token: string;
    };

/**
 * Reads an `Authorization` header: `Bearer`/`token` with a user's, an installation's or an app's token, or `Basic` with a token as
 * the password (or as the user name), as git and curl send it. Throws 401 "Bad credentials" for what is not known or over.
 */
export function authenticate(github: GitHub, authorization: string | undefined): Actor {
  if (authorization === undefined || authorization === "") return { kind: "anonymous" };
  const [, scheme = "", value = ""] = /^(\w+)\s+(.+)$/.exec(authorization.trim()) ?? [];
  switch (scheme.toLowerCase()) {
    case "bearer":
    case "token":
      return actorOfToken(github, value);
    case "basic":
      return actorOfToken(github, tokenOfBasic(value));
    default:
      throw badCredentials();
  }
}

/** The account under whose name an actor writes: the user, or the bot of the app; `null` for nobody. */
export function actingAccount(github: GitHub, actor: Actor): Account | null {
  switch (actor.kind) {
    case "user":
      return actor.user;
    case "app":
    case "installation":
      return accountById(github.state, actor.app.botId);
    case "anonymous":
      return null;
  }
}

/** A short name for logs and counters: `octocat`, `app:codegen`, `installation:12`, `anonymous`. */
export function describeActor(actor: Actor): string {
  switch (actor.kind) {
    case "user":
      return actor.user.login;
    case "app":
      return `app:${actor.app.slug}`;
    case "installation":
      return `installation:${actor.installation.id}`;
    case "anonymous":
      return "anonymous";
  }
}

function actorOfToken(github: GitHub, token: string): Actor {
  if (token.startsWith("ghs_")) return actorOfInstallationToken(github, token);
  if (token.startsWith("ghp_")) {
    const known = github.state.userTokens.find((one) => one.token === token);
    if (!known) throw badCredentials();
    return { kind: "user", user: accountById(github.state, known.userId) };
  }
  if (token.split(".").length === 3) return { kind: "app", app: appOfJwt(github, token) };
  throw badCredentials();
}

function actorOfInstallationToken(github: GitHub, token: string): Actor {
  const known = github.state.installationTokens.find((one) => one.token === token);
  const installation = github.state.installations.find((one) => one.id === known?.installationId);
  if (!known || !installation || Date.parse(known.expiresAt) <= github.now().getTime()) throw badCredentials();
  if (installation.suspendedAt !== null) throw new HttpProblem(403, "This installation has been suspended");
  return {
    kind: "installation",
    app: appById(github.state, installation.appId),
    installation,
    permissions: known.permissions,
    repositories: known.repositoryIds,
    token,
  };
}

function tokenOfBasic(value: string): string {
  const [name = "", password = ""] = Buffer.from(value, "base64").toString().split(/:(.*)/s);
  return password === "" || password === "x-oauth-basic" ? name : password;
}

function badCredentials(): HttpProblem {
  return new HttpProblem(401, "Bad credentials");
}
