import type { Actor } from "../auth.ts";
import { requireAccount } from "../rest/access.ts";
import { HttpProblem, validationFailed } from "../rest/problem.ts";
import type { GitHub } from "../state/github.ts";
import type { Issue, StateReason } from "../state/issues.ts";
import { pullByNumber } from "../state/pulls.ts";
import { repositoryById, type Repository } from "../state/repositories.ts";
import { emitThread } from "../webhooks/payloads/thread.ts";
import { appIdOf, mayAct } from "./acting.ts";
import { assign, setAssignees } from "./assignees.ts";
import { recordIssueEvent } from "./issue-events.ts";
import { addLabels, setLabels } from "./labels.ts";
import { reopenPull } from "./reopen.ts";

export interface NewIssue {
  title: string;
  body?: string | null;
  labels?: string[];
  assignees?: string[];
}

export interface IssueChange {
  title?: string;
  body?: string | null;
  state?: "open" | "closed";
  stateReason?: StateReason | null;
  labels?: string[];
  assignees?: string[];
}

/** Opens an issue. Labels and assignees of somebody without triage access are dropped in silence, as on GitHub. */
export async function createIssue(
  github: GitHub,
  actor: Actor,
  repository: Repository,
  input: NewIssue,
): Promise<Issue> {
  if (!repository.hasIssues) throw new HttpProblem(410, "Issues are disabled for this repo");
  if (input.title.trim() === "") throw validationFailed({ resource: "Issue", field: "title", code: "missing_field" });
  const issue = newIssueRow(github, actor, repository, { title: input.title, body: input.body ?? null, isPull: false });
  const trusted = mayAct(github, actor, repository, "triage", ["issues"]);
  await emitThread(github, actor, issue, "opened");
  if (trusted && input.labels?.length) await addLabels(github, actor, issue, input.labels);
  if (trusted && input.assignees?.length) await assign(github, actor, issue, input.assignees);
  return issue;
}

/** Adds the row that an issue, and every pull, has. Emits nothing. */
export function newIssueRow(
  github: GitHub,
  actor: Actor,
  repository: Repository,
  input: { title: string; body: string | null; isPull: boolean },
): Issue {
  const now = github.timestamp();
  const issue: Issue = {
    id: github.nextId(),
    repoId: repository.id,
    number: github.nextNumber(repository),
    isPull: input.isPull,
    title: input.title,
    body: input.body === "" ? null : input.body,
    userId: requireAccount(github, actor).id,
    appId: appIdOf(actor),
    state: "open",
    stateReason: null,
    labelIds: [],
    assigneeIds: [],
    locked: false,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    closedById: null,
  };
  github.state.issues.push(issue);
  return issue;
}

/**
 * Changes an issue or the issue side of a pull; what is not given stays. One event per kind of change.
 * Throws 403 when the actor is neither the author nor may triage.
 */
export async function updateIssue(github: GitHub, actor: Actor, issue: Issue, change: IssueChange): Promise<Issue> {
  const repository = repositoryById(github.state, issue.repoId);
  const account = requireAccount(github, actor);
  const trusted = mayAct(github, actor, repository, "triage");
  if (!trusted && issue.userId !== account.id) throw new HttpProblem(403, "Must have admin rights to Repository.");
  if (change.title !== undefined && change.title.trim() === "")
    throw validationFailed({ resource: "Issue", field: "title", code: "missing_field" });
  await editText(github, actor, issue, change);
  if (trusted && change.labels) await setLabels(github, actor, issue, change.labels);
  if (trusted && change.assignees) await setAssignees(github, actor, issue, change.assignees);
  if (change.state === "closed") await closeIssue(github, actor, issue, change.stateReason ?? null);
  if (change.state === "open") await reopenIssue(github, actor, issue);
  return issue;
}

async function editText(github: GitHub, actor: Actor, issue: Issue, change: IssueChange): Promise<void> {
  const changes: Record<string, { from: string }> = {};
  const body = change.body === "" ? null : change.body;
  if (change.title !== undefined && change.title !== issue.title) changes["title"] = { from: issue.title };
  if (body !== undefined && body !== issue.body) changes["body"] = { from: issue.body ?? "" };
  if (Object.keys(changes).length === 0) return;
  if (change.title !== undefined && changes["title"])
    recordIssueEvent(github, actor, issue, "renamed", { rename: { from: issue.title, to: change.title } });
  issue.title = change.title ?? issue.title;
  if (body !== undefined) issue.body = body;
  touch(github, issue);
  await emitThread(github, actor, issue, "edited", { changes });
}

/** Closes an issue, or a pull without merging it; nothing happens when it is closed already. */
export async function closeIssue(
  github: GitHub,
  actor: Actor,
  issue: Issue,
  reason: StateReason | null,
): Promise<void> {
  if (issue.state === "closed") return;
  issue.stateReason = issue.isPull ? null : (reason ?? "completed");
  markClosed(github, actor, issue);
  const pull = pullByNumber(github.state, issue.repoId, issue.number);
  if (pull) pull.autoMerge = null;
  await emitThread(github, actor, issue, "closed");
}

/** Sets the closed state without a webhook: a merge says more than "closed". */
export function markClosed(github: GitHub, actor: Actor, issue: Issue): void {
  issue.state = "closed";
  issue.closedAt = github.timestamp();
  issue.closedById = requireAccount(github, actor).id;
  recordIssueEvent(github, actor, issue, "closed", { stateReason: issue.stateReason });
  touch(github, issue);
}

/** Opens a closed issue or pull again. Throws 422 for a merged pull or one whose branch is gone. */
export async function reopenIssue(github: GitHub, actor: Actor, issue: Issue): Promise<void> {
  if (issue.state === "open") return;
  const pull = pullByNumber(github.state, issue.repoId, issue.number);
  if (pull) await reopenPull(github, pull);
  issue.state = "open";
  issue.stateReason = issue.isPull ? null : "reopened";
  issue.closedAt = null;
  issue.closedById = null;
  touch(github, issue);
  recordIssueEvent(github, actor, issue, "reopened");
  await emitThread(github, actor, issue, "reopened");
}

/** Deletes an issue with its comments (GraphQL only on GitHub). Its number is not given again. */
export async function deleteIssue(github: GitHub, actor: Actor, issue: Issue): Promise<void> {
  await emitThread(github, actor, issue, "deleted");
  const { state } = github;
  state.issues.splice(state.issues.indexOf(issue), 1);
  state.issueComments = state.issueComments.filter((comment) => comment.issueId !== issue.id);
  state.issueEvents = state.issueEvents.filter((event) => event.issueId !== issue.id);
}

/** Sets `updated_at`: GitHub does so for comments, labels and reviews, too. */
export function touch(github: GitHub, issue: Issue): void {
  issue.updatedAt = github.timestamp();
}
