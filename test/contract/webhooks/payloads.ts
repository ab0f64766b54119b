/** Payloads as GitHub sends them, cut down to the fields around those that are read. */

export const appId = 4242;
export const head = "6dcb09b5b57875f334f61aebed695e2e4193db5e";

export const ann = { login: "ann", id: 11, type: "User", site_admin: false };
export const robot = { login: "dependabot[bot]", id: 12, type: "Bot", site_admin: false };
export const ourBot = { login: "codegen[bot]", id: 13, type: "Bot", site_admin: false };

export const repository = {
  id: 900,
  name: "shop",
  full_name: "acme/shop",
  private: true,
  owner: { login: "acme", id: 10, type: "Organization" },
  default_branch: "main",
};

type Fields = Readonly<Record<string, unknown>>;

/** The frame around every delivery to an installation. */
export function delivery(action: string, fields: Fields, sender: Fields = ann): Fields {
  return { action, ...fields, repository, sender, installation: { id: 77, node_id: "x" } };
}

export const issue = {
  id: 500,
  number: 7,
  title: "Basket loses items",
  body: "Two items go in, one comes out.",
  state: "open",
  user: ann,
  labels: [],
};
export const pullIssue = {
  ...issue,
  id: 501,
  number: 8,
  pull_request: { url: "https://api.github.com/repos/acme/shop/pulls/8" },
};
export const pull = {
  id: 600,
  number: 8,
  state: "open",
  draft: false,
  title: "Keep items",
  body: null,
  user: ann,
  head: { ref: "fix", sha: head, repo: { id: 900 } },
  base: { ref: "main", sha: "0".repeat(40), repo: { id: 900 } },
};

export function comment(body: string, user: Fields = ann): Fields {
  return { id: 1001, node_id: "IC_1", body, user, author_association: "MEMBER", performed_via_github_app: null };
}

export function check(app: number, fields: Fields = {}): Fields {
  const pulls = [{ id: 600, number: 8, head: pull.head, base: pull.base }];
  return {
    id: 3003,
    head_sha: head,
    status: "completed",
    app: { id: app, slug: "x" },
    pull_requests: pulls,
    ...fields,
  };
}
