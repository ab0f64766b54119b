import { accountById } from "../state/accounts.ts";
import { appById } from "../state/apps.ts";
import type { GitHub } from "../state/github.ts";
import { commentsOf, issueById, labelsOf, type Issue, type IssueComment } from "../state/issues.ts";
import { pullByNumber } from "../state/pulls.ts";
import { fullName, repositoryById, type Repository } from "../state/repositories.ts";
import { serializeAccount } from "./account.ts";
import { serializeApp } from "./app.ts";
import { authorAssociation } from "./association.ts";
import { serializeLabel } from "./label.ts";
import { reactionRollup } from "./reaction.ts";

/** `…/repos/owner/name` of the API. */
export function repositoryUrl(github: GitHub, repository: Repository): string {
  return `${github.apiUrl}/repos/${fullName(github.state, repository)}`;
}

/** `https://host/owner/name` of the pages. */
export function repositoryPage(github: GitHub, repository: Repository): string {
  return `${github.url}/${fullName(github.state, repository)}`;
}

/** GitHub's `issue`; a pull's issue side carries `pull_request`. */
export function serializeIssue(github: GitHub, issue: Issue) {
  const { state } = github;
  const repository = repositoryById(state, issue.repoId);
  const url = `${repositoryUrl(github, repository)}/issues/${issue.number}`;
  const assignees = issue.assigneeIds.map((id) => serializeAccount(github, accountById(state, id)));
  return {
    url,
    repository_url: repositoryUrl(github, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: `${repositoryPage(github, repository)}/${issue.isPull ? "pull" : "issues"}/${issue.number}`,
    id: issue.id,
    node_id: github.nodeId("Issue", issue.id),
    number: issue.number,
    title: issue.title,
    user: serializeAccount(github, accountById(state, issue.userId)),
    labels: labelsOf(state, issue).map((label) => serializeLabel(github, label)),
    state: issue.state,
    locked: issue.locked,
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    comments: commentsOf(state, issue.id).length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    author_association: authorAssociation(github, repository, issue.userId),
    active_lock_reason: null,
    ...pullFields(github, issue, repository),
    body: issue.body,
    closed_by: issue.closedById === null ? null : serializeAccount(github, accountById(state, issue.closedById)),
    reactions: reactionRollup(github, "issue", issue.id, url),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: issue.appId === null ? null : serializeApp(github, appById(state, issue.appId)),
    state_reason: issue.stateReason,
  };
}

function pullFields(github: GitHub, issue: Issue, repository: Repository) {
  const pull = pullByNumber(github.state, issue.repoId, issue.number);
  if (!pull) return {};
  const page = `${repositoryPage(github, repository)}/pull/${pull.number}`;
  return {
    draft: pull.draft,
    pull_request: {
      url: `${repositoryUrl(github, repository)}/pulls/${pull.number}`,
      html_url: page,
      diff_url: `${page}.diff`,
      patch_url: `${page}.patch`,
      merged_at: pull.mergedAt,
    },
  };
}

/** GitHub's `issue-comment`. */
export function serializeIssueComment(github: GitHub, comment: IssueComment) {
  const { state } = github;
  const repository = repositoryById(state, comment.repoId);
  const issue = issueById(state, comment.issueId);
  const url = `${repositoryUrl(github, repository)}/issues/comments/${comment.id}`;
  const page = `${repositoryPage(github, repository)}/${issue.isPull ? "pull" : "issues"}/${issue.number}`;
  return {
    url,
    html_url: `${page}#issuecomment-${comment.id}`,
    issue_url: `${repositoryUrl(github, repository)}/issues/${issue.number}`,
    id: comment.id,
    node_id: github.nodeId("IssueComment", comment.id),
    user: serializeAccount(github, accountById(state, comment.userId)),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: authorAssociation(github, repository, comment.userId),
    body: comment.body,
    reactions: reactionRollup(github, "issueComment", comment.id, url),
    performed_via_github_app: comment.appId === null ? null : serializeApp(github, appById(state, comment.appId)),
  };
}
