import { requestAction } from "../operations/checks.ts";
import { PageProblem } from "./api.ts";
import type { Page } from "./layout.ts";
import type { PullShape } from "./shapes.ts";
import { toggleTask, versionOf } from "./tasks.ts";

/** One posted form of a repository's page. Gives the address to go on to. Throws PageProblem when the API refuses. */
export type Action = (page: Page, repository: string, target: string, form: URLSearchParams) => Promise<string>;

const METHODS = ["merge", "squash", "rebase"];

/** `POST /{owner}/{repo}/issues`. */
export const createIssue: Action = async (page, repository, _target, form) => {
  const fields = { title: field(form, "title"), body: field(form, "body") };
  const issue = await page.api.send<{ number: number }>("POST", `/repos/${repository}/issues`, fields);
  return `/${repository}/issues/${String(issue?.number)}`;
};

/** `POST /{owner}/{repo}/issues/{number}/{name}`; pulls share them. */
export const issueActions: Readonly<Record<string, Action>> = {
  async comment(page, repository, number, form) {
    const path = `/repos/${repository}/issues/${number}/comments`;
    const made = await page.api.send<{ id: number }>("POST", path, { body: field(form, "body") });
    return `/${repository}/issues/${number}#issuecomment-${String(made?.id)}`;
  },
  close: (page, repository, number, form) => setState(page, repository, number, form, "closed"),
  reopen: (page, repository, number, form) => setState(page, repository, number, form, "open"),
  async label(page, repository, number, form) {
    await page.api.send("POST", `/repos/${repository}/issues/${number}/labels`, { labels: [field(form, "name")] });
    return `/${repository}/issues/${number}`;
  },
  async unlabel(page, repository, number, form) {
    const name = encodeURIComponent(field(form, "name"));
    await page.api.send("DELETE", `/repos/${repository}/issues/${number}/labels/${name}`);
    return `/${repository}/issues/${number}`;
  },
  async assign(page, repository, number, form) {
    await page.api.send("POST", `/repos/${repository}/issues/${number}/assignees`, {
      assignees: [field(form, "name")],
    });
    return `/${repository}/issues/${number}`;
  },
  async unassign(page, repository, number, form) {
    await page.api.send("DELETE", `/repos/${repository}/issues/${number}/assignees`, {
      assignees: [field(form, "name")],
    });
    return `/${repository}/issues/${number}`;
  },
  task: (page, repository, number, form) => edit(page, `/repos/${repository}/issues/${number}`, form, tick),
  edit: (page, repository, number, form) => edit(page, `/repos/${repository}/issues/${number}`, form, replace),
  react: (page, repository, number, form) => react(page, `/repos/${repository}/issues/${number}`, form),
};

/** `POST /{owner}/{repo}/comments/{id}/{name}`. */
export const commentActions: Readonly<Record<string, Action>> = {
  task: (page, repository, id, form) => edit(page, `/repos/${repository}/issues/comments/${id}`, form, tick),
  edit: (page, repository, id, form) => edit(page, `/repos/${repository}/issues/comments/${id}`, form, replace),
  react: (page, repository, id, form) => react(page, `/repos/${repository}/issues/comments/${id}`, form),
};

/** `POST /{owner}/{repo}/pull/{number}/{name}`. */
export const pullActions: Readonly<Record<string, Action>> = {
  async merge(page, repository, number, form) {
    const method = field(form, "method");
    if (!METHODS.includes(method)) throw new PageProblem(422, `"${method}" is no way to merge`);
    const body = { sha: field(form, "sha"), merge_method: method };
    await page.api.send("PUT", `/repos/${repository}/pulls/${number}/merge`, body);
    return `/${repository}/pull/${number}`;
  },
  async review(page, repository, number, form) {
    const body = { event: field(form, "event"), body: field(form, "body") };
    const path = `/repos/${repository}/pulls/${number}/reviews`;
    const made = await page.api.send<{ id: number }>("POST", path, body);
    return `/${repository}/pull/${number}#pullrequestreview-${String(made?.id)}`;
  },
  async update(page, repository, number) {
    await page.api.send("PUT", `/repos/${repository}/pulls/${number}/update-branch`, {});
    return `/${repository}/pull/${number}`;
  },
  ready: (page, repository, number) =>
    mutate(page, repository, number, "markPullRequestReadyForReview(input: {pullRequestId: $id})"),
  "auto-merge-on": (page, repository, number, form) =>
    mutate(
      page,
      repository,
      number,
      `enablePullRequestAutoMerge(input: {pullRequestId: $id, mergeMethod: ${mergeMethod(form)}})`,
    ),
  "auto-merge-off": (page, repository, number) =>
    mutate(page, repository, number, "disablePullRequestAutoMerge(input: {pullRequestId: $id})"),
};

/** `POST /{owner}/{repo}/runs/{id}/{name}`. */
export const runActions: Readonly<Record<string, Action>> = {
  async rerequest(page, repository, id, form) {
    await page.api.send("POST", `/repos/${repository}/check-runs/${id}/rerequest`);
    return runAddress(repository, id, form);
  },
  // A button that only GitHub's own pages have: there is no API call for it.
  async action(page, repository, id, form) {
    const { permissions } = await page.api.get<{ permissions?: { push: boolean } }>(`/repos/${repository}`);
    const run = page.github.state.checkRuns.find((one) => one.id === Number(id));
    if (!page.viewer || !permissions?.push || !run)
      throw new PageProblem(403, "Only people with write access may do this");
    await page.api.get(`/repos/${repository}/check-runs/${id}`);
    await requestAction(page.github, { kind: "user", user: page.viewer }, run, field(form, "identifier"));
    return runAddress(repository, id, form);
  },
};

async function setState(
  page: Page,
  repository: string,
  number: string,
  form: URLSearchParams,
  state: string,
): Promise<string> {
  const path = `/repos/${repository}/issues/${number}`;
  const body = field(form, "body");
  // The comment that stands in the box goes out with the button, as on GitHub.
  if (body.trim() !== "") await page.api.send("POST", `${path}/comments`, { body });
  await page.api.send("PATCH", path, { state });
  return `/${repository}/issues/${number}`;
}

async function edit(
  page: Page,
  path: string,
  form: URLSearchParams,
  change: (body: string, form: URLSearchParams) => string,
): Promise<string> {
  const { body, html_url } = await page.api.get<{ body: string | null; html_url: string }>(path);
  await page.api.send("PATCH", path, { body: change(body ?? "", form) });
  return addressOf(html_url);
}

function tick(body: string, form: URLSearchParams): string {
  const stale = new PageProblem(
    409,
    "This text was changed meanwhile. Go back, load the page again, and tick once more.",
  );
  if (versionOf(body) !== field(form, "version")) throw stale;
  const next = toggleTask(body, Number(field(form, "line")), field(form, "ticked") === "true");
  if (next === null) throw stale;
  return next;
}

function replace(_body: string, form: URLSearchParams): string {
  return field(form, "body");
}

async function react(page: Page, path: string, form: URLSearchParams): Promise<string> {
  await page.api.send("POST", `${path}/reactions`, { content: field(form, "content") });
  const { html_url } = await page.api.get<{ html_url: string }>(path);
  return addressOf(html_url);
}

async function mutate(page: Page, repository: string, number: string, call: string): Promise<string> {
  const { node_id } = await page.api.get<PullShape>(`/repos/${repository}/pulls/${number}`);
  await page.api.graphql(`mutation ($id: ID!) { ${call} { clientMutationId } }`, { id: node_id });
  return `/${repository}/pull/${number}`;
}

function mergeMethod(form: URLSearchParams): string {
  const method = field(form, "method");
  return METHODS.includes(method) ? method.toUpperCase() : "MERGE";
}

function runAddress(repository: string, id: string, form: URLSearchParams): string {
  const pull = field(form, "pull");
  return /^\d+$/.test(pull) ? `/${repository}/pull/${pull}/checks?check_run_id=${id}` : `/${repository}`;
}

// Browsers send line ends as CRLF; what was typed had plain ones.
function field(form: URLSearchParams, name: string): string {
  return (form.get(name) ?? "").replaceAll("\r\n", "\n");
}

function addressOf(htmlUrl: string): string {
  const { pathname, hash } = new URL(htmlUrl);
  return pathname + hash;
}
