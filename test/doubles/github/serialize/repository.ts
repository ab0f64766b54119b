import { actingAccount, type Actor } from "../auth.ts";
import type { GitHub } from "../state/github.ts";
import { accountById } from "../state/accounts.ts";
import { fullName, repositoryById, roleAtLeast, roleOf, type Repository, type Role } from "../state/repositories.ts";
import { serializeAccount } from "./account.ts";

/** The fields that every form of a repository has: GitHub's `minimal-repository`, which webhooks carry too (with `serializeRepository`). */
export function serializeMinimalRepository(github: GitHub, repository: Repository) {
  const name = fullName(github.state, repository);
  const url = `${github.apiUrl}/repos/${name}`;
  return {
    id: repository.id,
    node_id: github.nodeId("Repository", repository.id),
    name: repository.name,
    full_name: name,
    private: repository.private,
    owner: serializeAccount(github, accountById(github.state, repository.ownerId)),
    html_url: `${github.url}/${name}`,
    description: repository.description,
    fork: repository.parentId !== null,
    url,
    archive_url: `${url}/{archive_format}{/ref}`,
    assignees_url: `${url}/assignees{/user}`,
    blobs_url: `${url}/git/blobs{/sha}`,
    branches_url: `${url}/branches{/branch}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    comments_url: `${url}/comments{/number}`,
    commits_url: `${url}/commits{/sha}`,
    compare_url: `${url}/compare/{base}...{head}`,
    contents_url: `${url}/contents/{+path}`,
    contributors_url: `${url}/contributors`,
    deployments_url: `${url}/deployments`,
    downloads_url: `${url}/downloads`,
    events_url: `${url}/events`,
    forks_url: `${url}/forks`,
    git_commits_url: `${url}/git/commits{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    hooks_url: `${url}/hooks`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    issue_events_url: `${url}/issues/events{/number}`,
    issues_url: `${url}/issues{/number}`,
    keys_url: `${url}/keys{/key_id}`,
    labels_url: `${url}/labels{/name}`,
    languages_url: `${url}/languages`,
    merges_url: `${url}/merges`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    pulls_url: `${url}/pulls{/number}`,
    releases_url: `${url}/releases{/id}`,
    stargazers_url: `${url}/stargazers`,
    statuses_url: `${url}/statuses/{sha}`,
    subscribers_url: `${url}/subscribers`,
    subscription_url: `${url}/subscription`,
    tags_url: `${url}/tags`,
    teams_url: `${url}/teams`,
    trees_url: `${url}/git/trees{/sha}`,
  };
}

/** GitHub's `repository`: what lists and webhook payloads carry. */
export function serializeRepository(github: GitHub, repository: Repository) {
  const name = fullName(github.state, repository);
  const host = new URL(github.url || "http://localhost").host;
  const forks = github.state.repositories.filter((one) => one.parentId === repository.id).length;
  const openIssues = github.state.issues.filter(
    (issue) => issue.repoId === repository.id && issue.state === "open",
  ).length;
  return {
    ...serializeMinimalRepository(github, repository),
    git_url: `git://${host}/${name}.git`,
    ssh_url: `git@${host}:${name}.git`,
    clone_url: `${github.url}/${name}.git`,
    svn_url: `${github.url}/${name}`,
    mirror_url: null,
    homepage: repository.homepage,
    language: null,
    license: null,
    size: 0,
    forks_count: forks,
    forks,
    stargazers_count: 0,
    watchers_count: 0,
    watchers: 0,
    open_issues_count: openIssues,
    open_issues: openIssues,
    default_branch: repository.defaultBranch,
    is_template: false,
    topics: repository.topics,
    has_issues: repository.hasIssues,
    has_projects: repository.hasProjects,
    has_wiki: repository.hasWiki,
    has_pages: false,
    has_downloads: true,
    has_discussions: repository.hasDiscussions,
    archived: repository.archived,
    disabled: false,
    visibility: repository.private ? "private" : "public",
    allow_forking: true,
    web_commit_signoff_required: false,
    pushed_at: repository.pushedAt,
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
  };
}

/** GitHub's `full-repository`: what `GET /repos/{owner}/{repo}` answers. Merge settings are shown to those who may push. */
export function serializeFullRepository(github: GitHub, repository: Repository, actor: Actor) {
  const owner = accountById(github.state, repository.ownerId);
  const rights = repositoryRights(github, repository, actor);
  const parent =
    repository.parentId === null
      ? null
      : serializeRepository(github, repositoryById(github.state, repository.parentId));
  return {
    ...serializeRepository(github, repository),
    subscribers_count: 0,
    network_count: 0,
    ...(rights && { permissions: rights }),
    ...(owner.type === "Organization" && { organization: serializeAccount(github, owner) }),
    ...(parent && { parent, source: parent }),
    ...(rights?.push && mergeSettings(repository)),
  };
}

function mergeSettings(repository: Repository) {
  return {
    allow_merge_commit: repository.allowMergeCommit,
    allow_squash_merge: repository.allowSquashMerge,
    allow_rebase_merge: repository.allowRebaseMerge,
    allow_auto_merge: repository.allowAutoMerge,
    allow_update_branch: repository.allowUpdateBranch,
    delete_branch_on_merge: repository.deleteBranchOnMerge,
    use_squash_pr_title_as_default: false,
    squash_merge_commit_title: "COMMIT_OR_PR_TITLE",
    squash_merge_commit_message: "COMMIT_MESSAGES",
    merge_commit_title: "MERGE_MESSAGE",
    merge_commit_message: "PR_TITLE",
  };
}

/** The `permissions` object of a repository as an actor sees it; `null` for nobody. */
export function repositoryRights(github: GitHub, repository: Repository, actor: Actor) {
  if (actor.kind === "installation") {
    const write = actor.permissions["contents"] === "write";
    const admin = actor.permissions["administration"] === "write";
    return { admin, maintain: false, push: write, triage: write, pull: true };
  }
  const account = actingAccount(github, actor);
  return account && rightsOfRole(roleOf(github.state, repository, account.id));
}

/** The five booleans that stand for a role. */
export function rightsOfRole(role: Role | null) {
  return {
    admin: roleAtLeast(role, "admin"),
    maintain: roleAtLeast(role, "maintain"),
    push: roleAtLeast(role, "write"),
    triage: roleAtLeast(role, "triage"),
    pull: roleAtLeast(role, "read"),
  };
}
