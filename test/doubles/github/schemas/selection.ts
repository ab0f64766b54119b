const REPO = "/repos/{owner}/{repo}";

/** Beginnings of the paths whose operations are kept, see `keepsOperation`. */
const KEPT = [
  "/app",
  "/app-manifests",
  "/apps",
  "/applications",
  "/installation",
  "/marketplace_listing",
  "/meta",
  "/rate_limit",
  "/search/issues",
  "/search/repositories",
  "/user/installations",
  "/user/marketplace_purchases",
  "/user/orgs",
  "/user/repos",
  "/users/{username}/installation",
  "/users/{username}/repos",
  "/orgs/{org}/installation",
  "/orgs/{org}/installations",
  "/orgs/{org}/members",
  "/orgs/{org}/memberships",
  "/orgs/{org}/repos",
  "/orgs/{org}/teams",
  `${REPO}/actions/artifacts`,
  `${REPO}/actions/jobs`,
  `${REPO}/actions/runs`,
  `${REPO}/actions/workflows`,
  `${REPO}/assignees`,
  `${REPO}/branches`,
  `${REPO}/check-runs`,
  `${REPO}/check-suites`,
  `${REPO}/collaborators`,
  `${REPO}/comments`,
  `${REPO}/commits`,
  `${REPO}/compare`,
  `${REPO}/contents`,
  `${REPO}/contributors`,
  `${REPO}/dispatches`,
  `${REPO}/forks`,
  `${REPO}/git`,
  `${REPO}/installation`,
  `${REPO}/issues`,
  `${REPO}/labels`,
  `${REPO}/languages`,
  `${REPO}/license`,
  `${REPO}/merge-upstream`,
  `${REPO}/merges`,
  `${REPO}/milestones`,
  `${REPO}/pulls`,
  `${REPO}/readme`,
  `${REPO}/rules`,
  `${REPO}/rulesets`,
  `${REPO}/statuses`,
  `${REPO}/tags`,
  `${REPO}/tarball`,
  `${REPO}/teams`,
  `${REPO}/topics`,
  `${REPO}/zipball`,
];

/** Paths that are kept, but nothing below them. */
const KEPT_EXACTLY = [
  "/",
  "/zen",
  "/versions",
  "/orgs/{org}",
  "/user",
  "/users",
  "/users/{username}",
  "/user/{account_id}",
  REPO,
];

const DROPPED =
  /issue-field|issue-type|\/sub_issue|dependencies|\/agents|timing|pending_deployments|deployment_protection|concurrency_groups|rule-suites|\/history|rulesets$|rulesets\/\{|codeowners|\/ai-|suggest|\/projects|creation-cap/;

/** Decides whether the operations of a path belong to the part of GitHub that an App like ours could touch. */
export function keepsOperation(path: string): boolean {
  if (KEPT_EXACTLY.includes(path)) return true;
  return !DROPPED.test(path) && KEPT.some((start) => path === start || path.startsWith(`${start}/`));
}

/** Webhook events that an App like ours could receive. */
export const EVENTS = [
  "check_run",
  "check_suite",
  "create",
  "delete",
  "installation",
  "installation_repositories",
  "installation_target",
  "issue_comment",
  "issues",
  "label",
  "marketplace_purchase",
  "member",
  "merge_group",
  "meta",
  "organization",
  "ping",
  "pull_request",
  "pull_request_review",
  "pull_request_review_comment",
  "pull_request_review_thread",
  "push",
  "repository",
  "status",
  "workflow_run",
];
