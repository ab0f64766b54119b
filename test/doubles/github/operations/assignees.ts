import type { Actor } from "../auth.ts";
import { serializeAccount } from "../serialize/account.ts";
import { accountByLogin, accountById, type Account } from "../state/accounts.ts";
import type { GitHub } from "../state/github.ts";
import type { Issue } from "../state/issues.ts";
import { repositoryById, roleOf, type Repository } from "../state/repositories.ts";
import { emitThread } from "../webhooks/payloads/thread.ts";
import { recordIssueEvent } from "./issue-events.ts";

/** GitHub takes no more than this many assignees on an issue. */
const MAX_ASSIGNEES = 10;

/** People who can be assigned: those with a role of their own. Reading a public repository is not one. */
export function assignableAccounts(github: GitHub, repository: Repository): Account[] {
  return github.state.accounts.filter(
    (account) => account.type === "User" && isAssignable(github, repository, account),
  );
}

export function isAssignable(github: GitHub, repository: Repository, account: Account): boolean {
  const { state } = github;
  if (account.type !== "User") return false;
  if (roleOf(state, repository, account.id) === "admin") return true;
  const isCollaborator = state.collaborators.some(
    (entry) => entry.repositoryId === repository.id && entry.userId === account.id,
  );
  return (
    isCollaborator ||
    state.organizationMembers.some(
      (entry) => entry.organizationId === repository.ownerId && entry.userId === account.id,
    )
  );
}

/** Adds assignees; those who cannot be assigned are left out in silence, as on GitHub. */
export async function assign(github: GitHub, actor: Actor, issue: Issue, logins: string[]): Promise<void> {
  const repository = repositoryById(github.state, issue.repoId);
  for (const login of logins) {
    const account = accountByLogin(github.state, login);
    if (!account || issue.assigneeIds.includes(account.id) || !isAssignable(github, repository, account)) continue;
    if (issue.assigneeIds.length >= MAX_ASSIGNEES) return;
    issue.assigneeIds.push(account.id);
    issue.updatedAt = github.timestamp();
    recordIssueEvent(github, actor, issue, "assigned", { assigneeId: account.id });
    await emitThread(github, actor, issue, "assigned", { assignee: serializeAccount(github, account) });
  }
}

/** Removes assignees; those who are none are passed over. */
export async function unassign(github: GitHub, actor: Actor, issue: Issue, logins: string[]): Promise<void> {
  for (const login of logins) {
    const account = accountByLogin(github.state, login);
    if (!account || !issue.assigneeIds.includes(account.id)) continue;
    issue.assigneeIds = issue.assigneeIds.filter((id) => id !== account.id);
    issue.updatedAt = github.timestamp();
    recordIssueEvent(github, actor, issue, "unassigned", { assigneeId: account.id });
    await emitThread(github, actor, issue, "unassigned", { assignee: serializeAccount(github, account) });
  }
}

/** Leaves exactly these assignees on an issue. */
export async function setAssignees(github: GitHub, actor: Actor, issue: Issue, logins: string[]): Promise<void> {
  const wanted = new Set(logins.map((login) => login.toLowerCase()));
  const present = issue.assigneeIds.map((id) => accountById(github.state, id).login);
  await unassign(
    github,
    actor,
    issue,
    present.filter((login) => !wanted.has(login.toLowerCase())),
  );
  await assign(github, actor, issue, logins);
}
