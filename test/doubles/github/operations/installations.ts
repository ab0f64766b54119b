import { HttpProblem } from "../rest/problem.ts";
import { serializeInstallation, serializeRepositoryReference } from "../serialize/app.ts";
import type { Account } from "../state/accounts.ts";
import { appById, installationCovers, type App, type Installation } from "../state/apps.ts";
import type { GitHub } from "../state/github.ts";
import type { Repository } from "../state/repositories.ts";

/** Installs an app on an account; `repositories` null means all. Event `installation.created`. Throws 422 when it is there already. */
export function createInstallation(
  github: GitHub,
  sender: Account,
  input: { app: App; account: Account; repositories: Repository[] | null },
): Installation {
  const { app, account, repositories } = input;
  const there = github.state.installations.some((one) => one.appId === app.id && one.accountId === account.id);
  if (there) throw new HttpProblem(422, `${app.slug} is already installed on ${account.login}`);
  const now = github.timestamp();
  const installation: Installation = {
    id: github.nextId(),
    appId: app.id,
    accountId: account.id,
    repositoryIds: repositories && repositories.map((repository) => repository.id),
    permissions: { ...app.permissions },
    events: [...app.events],
    suspendedAt: null,
    createdAt: now,
    updatedAt: now,
  };
  github.state.installations.push(installation);
  tell(github, "created", installation, sender);
  return installation;
}

/** Removes an installation with its tokens. Event `installation.deleted`. */
export function deleteInstallation(github: GitHub, sender: Account, installation: Installation): void {
  tell(github, "deleted", installation, sender);
  const { state } = github;
  state.installationTokens = state.installationTokens.filter((token) => token.installationId !== installation.id);
  state.installations = state.installations.filter((one) => one !== installation);
}

/** Suspends an installation or takes it up again: its tokens answer 403 meanwhile. Events `installation.suspend` and `.unsuspend`. */
export function suspendInstallation(
  github: GitHub,
  sender: Account,
  installation: Installation,
  suspended: boolean,
): void {
  if ((installation.suspendedAt !== null) === suspended) return;
  installation.suspendedAt = suspended ? github.timestamp() : null;
  installation.updatedAt = github.timestamp();
  tell(github, suspended ? "suspend" : "unsuspend", installation, sender);
}

/** Changes which repositories an installation reaches. Events `installation_repositories.added` and `.removed`. */
export function selectRepositories(
  github: GitHub,
  sender: Account,
  installation: Installation,
  repositories: Repository[] | null,
): void {
  const before = repositoriesOf(github, installation);
  installation.repositoryIds = repositories && repositories.map((repository) => repository.id);
  installation.updatedAt = github.timestamp();
  const after = repositoriesOf(github, installation);
  const added = after.filter((repository) => !before.includes(repository));
  const removed = before.filter((repository) => !after.includes(repository));
  for (const [action, changed] of [
    ["added", added],
    ["removed", removed],
  ] as const) {
    if (changed.length === 0) continue;
    const references = changed.map((repository) => serializeRepositoryReference(github, repository));
    github.emit({
      event: "installation_repositories",
      action,
      repository: null,
      sender,
      installationId: installation.id,
      payload: {
        installation: serializeInstallation(github, installation),
        repository_selection: installation.repositoryIds ? "selected" : "all",
        repositories_added: action === "added" ? references : [],
        repositories_removed: action === "removed" ? references : [],
        requester: null,
      },
    });
  }
}

/** The repositories that an installation reaches now. */
export function repositoriesOf(github: GitHub, installation: Installation): Repository[] {
  return github.state.repositories.filter((repository) => installationCovers(installation, repository));
}

function tell(github: GitHub, action: string, installation: Installation, sender: Account): void {
  const references = repositoriesOf(github, installation).map((one) => serializeRepositoryReference(github, one));
  github.emit({
    event: "installation",
    action,
    repository: null,
    sender,
    installationId: installation.id,
    onlyApp: appById(github.state, installation.appId).id,
    payload: {
      installation: serializeInstallation(github, installation),
      repositories: references,
      ...(action === "created" && { requester: null }),
    },
  });
}
