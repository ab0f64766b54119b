import { route, type RestRequest, type Route } from "./router.ts";

export const routes: Route[] = [
  route("GET", "/", { handler: ({ github }) => ({ status: 200, body: links(github.apiUrl) }) }),
  route("GET", "/meta", { handler: () => ({ status: 200, body: meta }) }),
  route("GET", "/zen", {
    handler: () => ({
      status: 200,
      raw: "Responsive is better than fast.",
      headers: { "Content-Type": "text/plain;charset=utf-8" },
    }),
  }),
  route("GET", "/rate_limit", { handler: rateLimit }),
];

/** Everything comes from this machine. */
const loopback = ["127.0.0.0/8", "::1/128"];
const meta = {
  verifiable_password_authentication: false,
  hooks: loopback,
  web: loopback,
  api: loopback,
  git: loopback,
};

function rateLimit({ github, actor, rates }: RestRequest) {
  const core = rates.count(github, actor, "core", 0);
  const graphql = rates.count(github, actor, "graphql", 0);
  const search = { ...core, used: 0, limit: 30, remaining: 30 };
  const resources = { core, graphql, search };
  return { status: 200, body: { resources, rate: core } };
}

function links(url: string) {
  return {
    current_user_url: `${url}/user`,
    current_user_authorizations_html_url: `${url}/settings/connections/applications{/client_id}`,
    authorizations_url: `${url}/authorizations`,
    code_search_url: `${url}/search/code?q={query}{&page,per_page,sort,order}`,
    commit_search_url: `${url}/search/commits?q={query}{&page,per_page,sort,order}`,
    emails_url: `${url}/user/emails`,
    emojis_url: `${url}/emojis`,
    events_url: `${url}/events`,
    feeds_url: `${url}/feeds`,
    followers_url: `${url}/user/followers`,
    following_url: `${url}/user/following{/target}`,
    gists_url: `${url}/gists{/gist_id}`,
    issue_search_url: `${url}/search/issues?q={query}{&page,per_page,sort,order}`,
    issues_url: `${url}/issues`,
    keys_url: `${url}/user/keys`,
    label_search_url: `${url}/search/labels?q={query}&repository_id={repository_id}{&page,per_page}`,
    notifications_url: `${url}/notifications`,
    organization_url: `${url}/orgs/{org}`,
    organization_repositories_url: `${url}/orgs/{org}/repos{?type,page,per_page,sort}`,
    organization_teams_url: `${url}/orgs/{org}/teams`,
    public_gists_url: `${url}/gists/public`,
    rate_limit_url: `${url}/rate_limit`,
    repository_url: `${url}/repos/{owner}/{repo}`,
    repository_search_url: `${url}/search/repositories?q={query}{&page,per_page,sort,order}`,
    current_user_repositories_url: `${url}/user/repos{?type,page,per_page,sort}`,
    starred_url: `${url}/user/starred{/owner}{/repo}`,
    starred_gists_url: `${url}/gists/starred`,
    user_url: `${url}/users/{user}`,
    user_organizations_url: `${url}/user/orgs`,
    user_repositories_url: `${url}/users/{user}/repos{?type,page,per_page,sort}`,
    user_search_url: `${url}/search/users?q={query}{&page,per_page,sort,order}`,
  };
}
