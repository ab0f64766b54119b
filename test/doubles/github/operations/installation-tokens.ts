import { allows, type Access, type PermissionSet } from "../permissions.ts";
import { HttpProblem } from "../rest/problem.ts";
import { accountById } from "../state/accounts.ts";
import type { Installation, InstallationToken } from "../state/apps.ts";
import type { GitHub } from "../state/github.ts";
import type { Repository } from "../state/repositories.ts";
import { randomText } from "./accounts.ts";
import { repositoriesOf } from "./installations.ts";

/** What a token is narrowed to; nothing said means everything that the installation has. */
export interface Narrowing {
  repositories?: string[] | undefined;
  repositoryIds?: number[] | undefined;
  permissions?: Record<string, unknown> | undefined;
}

/**
 * Makes a token that lives one hour. Throws 403 while suspended, and 422 when it asks for repositories or permissions that the
 * installation does not have.
 */
export function createInstallationToken(
  github: GitHub,
  installation: Installation,
  narrowing: Narrowing,
): InstallationToken {
  if (installation.suspendedAt !== null) throw new HttpProblem(403, "This installation has been suspended");
  const now = github.now();
  const { state } = github;
  state.installationTokens = state.installationTokens.filter((one) => Date.parse(one.expiresAt) > now.getTime());
  const token: InstallationToken = {
    token: `ghs_${randomText(36)}`,
    installationId: installation.id,
    permissions: narrowedPermissions(installation.permissions, narrowing.permissions),
    repositoryIds: narrowedRepositories(github, installation, narrowing),
    expiresAt: new Date(now.getTime() + 3_600_000).toISOString().replace(/\.\d{3}Z$/, "Z"),
  };
  state.installationTokens.push(token);
  return token;
}

export function revokeInstallationToken(github: GitHub, token: string): void {
  github.state.installationTokens = github.state.installationTokens.filter((one) => one.token !== token);
}

function narrowedPermissions(granted: PermissionSet, wanted: Record<string, unknown> | undefined): PermissionSet {
  if (wanted === undefined) return { ...granted };
  const narrowed: PermissionSet = {};
  for (const [name, access] of Object.entries(wanted)) {
    if (!isAccess(access) || !allows(granted[name], access)) {
      throw new HttpProblem(422, "The permissions requested are not granted to this installation.");
    }
    narrowed[name] = access;
  }
  return { ...narrowed, metadata: "read" };
}

function narrowedRepositories(github: GitHub, installation: Installation, narrowing: Narrowing): number[] | null {
  const { repositories: names, repositoryIds: ids } = narrowing;
  if (names === undefined && ids === undefined) return null;
  const within = repositoriesOf(github, installation);
  const account = accountById(github.state, installation.accountId).login;
  const chosen = new Set<Repository>();
  for (const name of names ?? [])
    chosen.add(
      found(
        within.find((one) => same(one.name, name)),
        `${account}/${name}`,
      ),
    );
  for (const id of ids ?? [])
    chosen.add(
      found(
        within.find((one) => one.id === id),
        String(id),
      ),
    );
  return [...chosen].map((repository) => repository.id);
}

function found(repository: Repository | undefined, asked: string): Repository {
  if (repository) return repository;
  const message = `There is at least one repository that does not exist or is not accessible to the parent installation (${asked}).`;
  throw new HttpProblem(422, message);
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function isAccess(value: unknown): value is Access {
  return value === "read" || value === "write" || value === "admin";
}
