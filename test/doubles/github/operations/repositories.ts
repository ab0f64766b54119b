import { actingAccount, type Actor } from "../auth.ts";
import { BareRepository } from "../git/bare-repository.ts";
import { HttpProblem, validationFailed } from "../rest/problem.ts";
import { gitPersonOf } from "../serialize/account.ts";
import type { Account } from "../state/accounts.ts";
import type { GitHub } from "../state/github.ts";
import { fullName, repositoryByName, type Repository } from "../state/repositories.ts";
import { addDefaultLabels } from "./labels.ts";
import { afterPush } from "./push.ts";

/** What can be set when a repository is made and later; the rest of `Repository` follows from its life. */
export type RepositorySettings = Partial<
  Pick<
    Repository,
    | "private"
    | "description"
    | "homepage"
    | "archived"
    | "hasIssues"
    | "hasProjects"
    | "hasWiki"
    | "hasDiscussions"
    | "allowMergeCommit"
    | "allowSquashMerge"
    | "allowRebaseMerge"
    | "allowAutoMerge"
    | "allowUpdateBranch"
    | "deleteBranchOnMerge"
  >
>;

/** Makes an empty repository, or with `autoInit` one with a README on the default branch. Event `repository.created`. Throws 422 for a bad or taken name. */
export async function createRepository(
  github: GitHub,
  actor: Actor,
  input: { owner: Account; name: string; settings: RepositorySettings; autoInit: boolean },
): Promise<Repository> {
  const { owner, settings } = input;
  const name = checkedName(github, owner, input.name);
  const now = github.timestamp();
  const repository: Repository = {
    id: github.nextId(),
    name,
    ownerId: owner.id,
    private: false,
    description: null,
    homepage: null,
    defaultBranch: "main",
    archived: false,
    parentId: null,
    topics: [],
    hasIssues: true,
    hasProjects: true,
    hasWiki: true,
    hasDiscussions: false,
    allowMergeCommit: true,
    allowSquashMerge: true,
    allowRebaseMerge: true,
    allowAutoMerge: false,
    allowUpdateBranch: false,
    deleteBranchOnMerge: false,
    previousFullNames: [],
    lastNumber: 0,
    createdAt: now,
    updatedAt: now,
    pushedAt: now,
    ...settings,
  };
  const git = await BareRepository.create(github.gitDir(repository), repository.defaultBranch);
  // The name may have been taken while git was at work.
  checkedName(github, owner, name);
  github.state.repositories.push(repository);
  addDefaultLabels(github, repository);
  const sender = actingAccount(github, actor) ?? owner;
  github.emit({ event: "repository", action: "created", repository, sender, payload: {} });
  if (input.autoInit) {
    const readme = `# ${name}\n${repository.description === null ? "" : `\n${repository.description}\n`}`;
    const files = { additions: [{ path: "README.md", content: Buffer.from(readme) }], deletions: [] };
    const commit = await git.commitFiles(null, files, "Initial commit", gitPersonOf(github, sender));
    const ref = `refs/heads/${repository.defaultBranch}`;
    await git.updateRef(ref, commit, null);
    await afterPush(github, actor, repository, [{ ref, before: null, after: commit }]);
  }
  return repository;
}

/** Changes settings, name or default branch. Events `repository.edited`, `.renamed`, `.archived`, `.unarchived`, `.privatized`, `.publicized`. */
export async function updateRepository(
  github: GitHub,
  actor: Actor,
  repository: Repository,
  change: { name?: string; defaultBranch?: string; settings: RepositorySettings },
): Promise<void> {
  const { name, defaultBranch, settings } = change;
  const sender = actingAccount(github, actor);
  if (!sender) throw new HttpProblem(401, "Requires authentication");
  const tell = (action: string, payload: Record<string, unknown> = {}) =>
    github.emit({ event: "repository", action, repository, sender, payload });
  const before = { ...repository };
  if (defaultBranch !== undefined && defaultBranch !== before.defaultBranch) {
    const git = github.git(repository);
    if ((await git.resolve(`refs/heads/${defaultBranch}`)) === null) {
      const message = `The branch ${defaultBranch} was not found. Please push that ref first or create it via the Git Data API.`;
      throw validationFailed({ resource: "Repository", field: "default_branch", code: "invalid", message });
    }
    await git.setDefaultBranch(defaultBranch);
    repository.defaultBranch = defaultBranch;
  }
  if (name !== undefined && name !== before.name) rename(github, repository, name);
  Object.assign(repository, settings, { updatedAt: github.timestamp() });
  if (repository.name !== before.name) tell("renamed", { changes: { repository: { name: { from: before.name } } } });
  const changes = {
    ...(repository.defaultBranch !== before.defaultBranch && { default_branch: { from: before.defaultBranch } }),
    ...(repository.description !== before.description && { description: { from: before.description } }),
    ...(repository.homepage !== before.homepage && { homepage: { from: before.homepage } }),
  };
  if (Object.keys(changes).length > 0) tell("edited", { changes });
  if (repository.archived !== before.archived) tell(repository.archived ? "archived" : "unarchived");
  if (repository.private !== before.private) tell(repository.private ? "privatized" : "publicized");
}

/** Removes a repository; what hangs on it becomes unreachable. Event `repository.deleted`. */
export function deleteRepository(github: GitHub, actor: Actor, repository: Repository): void {
  const { state } = github;
  const sender = actingAccount(github, actor);
  if (!sender) throw new HttpProblem(401, "Requires authentication");
  github.emit({ event: "repository", action: "deleted", repository, sender, payload: {} });
  state.repositories = state.repositories.filter((one) => one !== repository);
  state.collaborators = state.collaborators.filter((one) => one.repositoryId !== repository.id);
  state.branchProtections = state.branchProtections.filter((one) => one.repositoryId !== repository.id);
  for (const installation of state.installations) {
    installation.repositoryIds = installation.repositoryIds?.filter((id) => id !== repository.id) ?? null;
  }
}

function rename(github: GitHub, repository: Repository, name: string): void {
  const owner = github.state.accounts.find((account) => account.id === repository.ownerId);
  if (!owner) return;
  const free = checkedName(github, owner, name, repository);
  const before = fullName(github.state, repository).toLowerCase();
  repository.previousFullNames = [...repository.previousFullNames.filter((one) => one !== before), before];
  repository.name = free;
}

function checkedName(github: GitHub, owner: Account, name: string, own?: Repository): string {
  if (!/^[\w.-]{1,100}$/.test(name) || name === "." || name === ".." || name.endsWith(".git")) {
    const message = "name may hold letters, digits, '.', '-' and '_', at most 100, and not end in .git";
    throw validationFailed({ resource: "Repository", field: "name", code: "custom", message });
  }
  const taken = repositoryByName(github.state, owner.login, name);
  if (taken && taken !== own) {
    const message = "name already exists on this account";
    throw new HttpProblem(422, "Repository creation failed.", [
      { resource: "Repository", code: "custom", field: "name", message },
    ]);
  }
  return name;
}
