import type { GitHub } from "../state/github.ts";
import type { Account } from "../state/accounts.ts";

/** GitHub's `simple-user`, for people, organisations and bots alike. */
export function serializeAccount(github: GitHub, account: Account) {
  const login = encodeURIComponent(account.login);
  const url = `${github.apiUrl}/users/${login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: github.nodeId(account.type, account.id),
    avatar_url: `${github.url}/avatars/${account.id}`,
    gravatar_id: "",
    url,
    html_url:
      account.type === "Bot" ? `${github.url}/apps/${account.login.replace(/\[bot\]$/, "")}` : `${github.url}/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    user_view_type: "public",
    site_admin: false,
  };
}

/** GitHub's `public-user` (and `private-user` for oneself): what `/users/{username}` and `/user` answer. */
export function serializeProfile(github: GitHub, account: Account, own: boolean) {
  const repositories = github.state.repositories.filter((repository) => repository.ownerId === account.id);
  const privateCount = repositories.filter((repository) => repository.private).length;
  const profile = {
    ...serializeAccount(github, account),
    name: account.name,
    company: null,
    blog: "",
    location: null,
    email: account.email,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: repositories.length - privateCount,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: account.createdAt,
    updated_at: account.updatedAt,
  };
  if (!own) return profile;
  return {
    ...profile,
    user_view_type: "private",
    private_gists: 0,
    total_private_repos: privateCount,
    owned_private_repos: privateCount,
    disk_usage: 0,
    collaborators: 0,
    two_factor_authentication: true,
  };
}

/** GitHub's `organization-simple`, as webhook payloads carry it. */
export function serializeOrganization(github: GitHub, account: Account) {
  const url = `${github.apiUrl}/orgs/${encodeURIComponent(account.login)}`;
  return {
    login: account.login,
    id: account.id,
    node_id: github.nodeId("Organization", account.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${github.url}/avatars/${account.id}`,
    description: null,
  };
}

/** GitHub's `organization-full`: what `/orgs/{org}` answers. */
export function serializeOrganizationProfile(github: GitHub, account: Account) {
  const isOurs = (repository: { ownerId: number; private: boolean }) =>
    repository.ownerId === account.id && !repository.private;
  return {
    ...serializeOrganization(github, account),
    name: account.name ?? account.login,
    has_organization_projects: true,
    has_repository_projects: true,
    public_repos: github.state.repositories.filter(isOurs).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    html_url: `${github.url}/${account.login}`,
    type: "Organization",
    created_at: account.createdAt,
    updated_at: account.updatedAt,
    archived_at: null,
  };
}

/** Name and address under which an account's commits are written when it gives none. */
export function gitPersonOf(
  github: GitHub,
  account: Account,
  date?: string,
): { name: string; email: string; date: string } {
  return {
    name: account.name ?? account.login,
    email: account.email ?? `${account.id}+${account.login}@users.noreply.github.com`,
    date: date ?? github.timestamp(),
  };
}

/** The public account whose e-mail address a commit carries, or `null`. */
export function accountOfEmail(github: GitHub, email: string): Account | null {
  return (
    github.state.accounts.find(
      (account) => account.email === email || email === `${account.id}+${account.login}@users.noreply.github.com`,
    ) ?? null
  );
}
