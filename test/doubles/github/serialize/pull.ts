import { mergeableState } from "../operations/mergeable-state.ts";
import { pullDiff } from "../operations/pull-diff.ts";
import { accountById, accountByLogin } from "../state/accounts.ts";
import type { GitHub } from "../state/github.ts";
import { commentsOf, issueById, labelsOf } from "../state/issues.ts";
import { visibleComments, type Pull } from "../state/pulls.ts";
import { repositoryById, type Repository } from "../state/repositories.ts";
import { serializeAccount } from "./account.ts";
import { authorAssociation } from "./association.ts";
import { repositoryPage, repositoryUrl } from "./issue.ts";
import { serializeLabel } from "./label.ts";
import { serializeRepository } from "./repository.ts";

/** GitHub's `pull-request-simple`: what lists and review deliveries carry. */
export function serializePullSimple(github: GitHub, pull: Pull) {
  const { state } = github;
  const repository = repositoryById(state, pull.repoId);
  const issue = issueById(state, pull.issueId);
  const api = repositoryUrl(github, repository);
  const url = `${api}/pulls/${pull.number}`;
  const page = `${repositoryPage(github, repository)}/pull/${pull.number}`;
  const issueUrl = `${api}/issues/${pull.number}`;
  const assignees = issue.assigneeIds.map((id) => serializeAccount(github, accountById(state, id)));
  const links = {
    self: url,
    html: page,
    issue: issueUrl,
    comments: `${issueUrl}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${api}/pulls/comments{/number}`,
    commits: `${url}/commits`,
    statuses: `${api}/statuses/${pull.head.sha}`,
  };
  return {
    url,
    id: pull.id,
    node_id: github.nodeId("PullRequest", pull.id),
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issueUrl,
    number: pull.number,
    state: issue.state,
    locked: issue.locked,
    title: issue.title,
    user: serializeAccount(github, accountById(state, issue.userId)),
    body: issue.body,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergedSha ?? pull.trialMerge?.commit ?? null,
    assignee: assignees[0] ?? null,
    assignees,
    requested_reviewers: pull.requestedReviewerIds.map((id) => serializeAccount(github, accountById(state, id))),
    requested_teams: [],
    labels: labelsOf(state, issue).map((label) => serializeLabel(github, label)),
    milestone: null,
    draft: pull.draft,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    comments_url: links.comments,
    statuses_url: links.statuses,
    head: serializeHead(github, pull),
    base: serializeEnd(github, repository, pull.base),
    _links: Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }])),
    author_association: authorAssociation(github, repository, issue.userId),
    auto_merge: serializeAutoMerge(github, pull),
    active_lock_reason: null,
  };
}

/** GitHub's `pull-request`: with mergeability and counts. `mergeable` is null until somebody has found out. */
export async function serializePull(github: GitHub, pull: Pull) {
  const { state } = github;
  const { files, commits } = await pullDiff(github, pull);
  const sum = (field: "additions" | "deletions") => files.reduce((total, file) => total + file[field], 0);
  const trial = pull.trialMerge?.headSha === pull.head.sha ? pull.trialMerge : null;
  const isClosed = issueById(state, pull.issueId).state === "closed";
  const mergeable = isClosed ? null : (trial?.clean ?? null);
  return {
    ...serializePullSimple(github, pull),
    merged: pull.mergedAt !== null,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: await mergeableState(github, pull),
    merged_by: pull.mergedById === null ? null : serializeAccount(github, accountById(state, pull.mergedById)),
    comments: commentsOf(state, pull.issueId).length,
    review_comments: visibleComments(state, pull.id).length,
    maintainer_can_modify: pull.maintainerCanModify,
    commits: commits.length,
    additions: sum("additions"),
    deletions: sum("deletions"),
    changed_files: files.length,
  };
}

/** GitHub's `pull-request-minimal`, as check runs and suites name their pulls. */
export function serializePullMinimal(github: GitHub, pull: Pull) {
  const base = repositoryById(github.state, pull.repoId);
  const head = github.state.repositories.find((one) => one.id === pull.head.repoId) ?? base;
  const short = (repository: Repository) => ({
    id: repository.id,
    url: repositoryUrl(github, repository),
    name: repository.name,
  });
  return {
    id: pull.id,
    number: pull.number,
    url: `${repositoryUrl(github, base)}/pulls/${pull.number}`,
    head: { ref: pull.head.ref, sha: pull.head.sha, repo: short(head) },
    base: { ref: pull.base.ref, sha: pull.base.sha, repo: short(base) },
  };
}

function serializeHead(github: GitHub, pull: Pull) {
  const repository = github.state.repositories.find((one) => one.id === pull.head.repoId);
  if (repository) return serializeEnd(github, repository, pull.head);
  const owner = accountByLogin(github.state, pull.head.ownerLogin);
  const user = owner && serializeAccount(github, owner);
  return {
    label: `${pull.head.ownerLogin}:${pull.head.ref}`,
    ref: pull.head.ref,
    sha: pull.head.sha,
    user,
    repo: null,
  };
}

function serializeEnd(github: GitHub, repository: Repository, end: { ref: string; sha: string }) {
  const owner = accountById(github.state, repository.ownerId);
  return {
    label: `${owner.login}:${end.ref}`,
    ref: end.ref,
    sha: end.sha,
    user: serializeAccount(github, owner),
    repo: serializeRepository(github, repository),
  };
}

function serializeAutoMerge(github: GitHub, pull: Pull) {
  if (!pull.autoMerge) return null;
  const { enabledById, method, commitTitle, commitMessage } = pull.autoMerge;
  return {
    enabled_by: serializeAccount(github, accountById(github.state, enabledById)),
    merge_method: method,
    commit_title: commitTitle ?? "",
    commit_message: commitMessage ?? "",
  };
}
