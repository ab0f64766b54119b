import { accountById, accountByLogin, type AccountsState } from "./accounts.ts";

export const roles = ["read", "triage", "write", "maintain", "admin"] as const;
/** The five roles of a person in a repository, weakest first. */
export type Role = (typeof roles)[number];

export interface Repository {
  id: number;
  name: string;
  ownerId: number;
  private: boolean;
  description: string | null;
  homepage: string | null;
  defaultBranch: string;
  archived: boolean;
  /** The repository this one is a fork of. */
  parentId: number | null;
  topics: string[];
  hasIssues: boolean;
  hasProjects: boolean;
  hasWiki: boolean;
  hasDiscussions: boolean;
  allowMergeCommit: boolean;
  allowSquashMerge: boolean;
  allowRebaseMerge: boolean;
  allowAutoMerge: boolean;
  allowUpdateBranch: boolean;
  deleteBranchOnMerge: boolean;
  /** Full names it had before, lower case; requests for them are redirected. */
  previousFullNames: string[];
  /** Number of the last issue or pull; they share one series. */
  lastNumber: number;
  createdAt: string;
  updatedAt: string;
  pushedAt: string;
}

export interface Collaborator {
  repositoryId: number;
  userId: number;
  role: Role;
}

export interface BranchProtection {
  repositoryId: number;
  branch: string;
  /** `null`: no checks required. `appId` null: any app may report it. */
  requiredStatusChecks: { strict: boolean; checks: { context: string; appId: number | null }[] } | null;
  requiredReviews: {
    approvals: number;
    dismissStale: boolean;
    codeOwners: boolean;
    lastPushApproval: boolean;
  } | null;
  enforceAdmins: boolean;
  /** `null`: everybody with write access may push. */
  restrictions: { users: string[]; teams: string[]; apps: string[] } | null;
  linearHistory: boolean;
  allowForcePushes: boolean;
  allowDeletions: boolean;
  conversationResolution: boolean;
  lockBranch: boolean;
  blockCreations: boolean;
}

export interface RepositoriesState {
  repositories: Repository[];
  collaborators: Collaborator[];
  branchProtections: BranchProtection[];
}

export function emptyRepositories(): RepositoriesState {
  return { repositories: [], collaborators: [], branchProtections: [] };
}

/** The repository with this id; throws when there is none, since ids inside the state always point at something. */
export function repositoryById(state: RepositoriesState, id: number): Repository {
  const found = state.repositories.find((repository) => repository.id === id);
  if (!found) throw new Error(`no repository ${id} in the state of the local GitHub`);
  return found;
}

/** `owner/name` as GitHub writes it. */
export function fullName(state: AccountsState, repository: Repository): string {
  return `${accountById(state, repository.ownerId).login}/${repository.name}`;
}

/** Finds a repository by its present name, upper and lower case alike. */
export function repositoryByName(
  state: AccountsState & RepositoriesState,
  owner: string,
  name: string,
): Repository | null {
  const account = accountByLogin(state, owner);
  const wanted = name.toLowerCase();
  return (
    state.repositories.find(
      (repository) => repository.ownerId === account?.id && repository.name.toLowerCase() === wanted,
    ) ?? null
  );
}

/** The role of a user in a repository: owner or organisation admin are admins; `null` when the user has none of their own. */
export function roleOf(state: AccountsState & RepositoriesState, repository: Repository, userId: number): Role | null {
  if (repository.ownerId === userId) return "admin";
  const member = state.organizationMembers.find(
    (entry) => entry.organizationId === repository.ownerId && entry.userId === userId,
  );
  if (member?.role === "admin") return "admin";
  const collaborator = state.collaborators.find(
    (entry) => entry.repositoryId === repository.id && entry.userId === userId,
  );
  return collaborator?.role ?? (member || !repository.private ? "read" : null);
}

export function roleAtLeast(role: Role | null, wanted: Role): boolean {
  return role !== null && roles.indexOf(role) >= roles.indexOf(wanted);
}

export function branchProtectionOf(
  state: RepositoriesState,
  repository: Repository,
  branch: string,
): BranchProtection | null {
  return (
    state.branchProtections.find((entry) => entry.repositoryId === repository.id && entry.branch === branch) ?? null
  );
}
