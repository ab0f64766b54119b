import { commentActions, createIssue, issueActions, pullActions, runActions, type Action } from "./actions.ts";
import { filePage, splitRef } from "./file-page.ts";
import { issueListPage } from "./issue-lists.ts";
import { issuePage, newIssuePage } from "./issue-page.ts";
import type { Page } from "./layout.ts";
import { commitPage, pullPage, pullTabs } from "./pull-page.ts";
import { repositoryPage } from "./repository-page.ts";
import type { IssueShape, RepositoryShape } from "./shapes.ts";

/** `status` is 200 and `type` text/html unless said. */
export interface PageAnswer {
  readonly status?: number;
  readonly type?: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers `GET /{owner}/{repo}/…`, the path given in its decoded parts; null when there is no such page. */
export async function repositoryView(page: Page, parts: string[]): Promise<PageAnswer | null> {
  const [owner = "", name = "", section = "", ...rest] = parts;
  const repository = await page.api.get<RepositoryShape>(
    `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`,
  );
  const [first = "", second = ""] = rest;
  switch (section) {
    case "":
      return { body: await repositoryPage(page, repository, repository.default_branch, "") };
    case "tree":
    case "blob": {
      const joined = rest.join("/");
      if (section === "blob") return { body: await filePage(page, repository, joined) };
      const { ref, path } = await splitRef(page, repository, joined);
      return { body: await repositoryPage(page, repository, ref, path) };
    }
    case "commit":
      return { body: await commitPage(page, repository, first) };
    case "pulls":
      return rest.length === 0 ? { body: await issueListPage(page, repository, "pulls") } : null;
    case "issues":
      if (rest.length === 0) return { body: await issueListPage(page, repository, "issues") };
      if (first === "new") return { body: newIssuePage(page, repository) };
      return issueView(page, repository, first);
    case "pull":
      return pullView(page, repository, first, second);
    case "runs":
      return runView(page, repository, first);
    default:
      return null;
  }
}

/** Does what a posted form of a repository's page says; gives where to go next, null when there is no such form. */
export async function repositoryForm(page: Page, parts: string[], form: URLSearchParams): Promise<string | null> {
  const [owner = "", name = "", section = "", target = "", verb = "", ...rest] = parts;
  const repository = `${owner}/${name}`;
  if (section === "issues" && target === "") return createIssue(page, repository, "", form);
  const families: Record<string, Readonly<Record<string, Action>>> = {
    issues: issueActions,
    comments: commentActions,
    pull: pullActions,
    runs: runActions,
  };
  const family = families[section];
  if (!family || !Object.hasOwn(family, verb) || rest.length > 0 || !/^\d+$/.test(target)) return null;
  return (await family[verb]?.(page, repository, target, form)) ?? null;
}

async function issueView(page: Page, repository: RepositoryShape, number: string): Promise<PageAnswer | null> {
  if (!/^\d+$/.test(number)) return null;
  const issue = await page.api.get<IssueShape>(`/repos/${repository.full_name}/issues/${number}`);
  if (issue.pull_request) return goTo(`/${repository.full_name}/pull/${number}`);
  return { body: await issuePage(page, repository, issue) };
}

async function pullView(
  page: Page,
  repository: RepositoryShape,
  name: string,
  tab: string,
): Promise<PageAnswer | null> {
  const [, number, raw] = /^(\d+)(?:\.(diff|patch))?$/.exec(name) ?? [];
  if (number === undefined) return null;
  if (raw !== undefined) {
    const path = `/repos/${repository.full_name}/pulls/${number}`;
    return { type: "text/plain", body: await page.api.text(path, `application/vnd.github.${raw}`) };
  }
  const issue = await page.api.get<IssueShape>(`/repos/${repository.full_name}/issues/${number}`);
  if (!issue.pull_request) return goTo(`/${repository.full_name}/issues/${number}`);
  const known = tab === "" ? "conversation" : pullTabs.find((one) => one === tab);
  return known === undefined ? null : { body: await pullPage(page, repository, number, known) };
}

async function runView(page: Page, repository: RepositoryShape, id: string): Promise<PageAnswer | null> {
  if (!/^\d+$/.test(id)) return null;
  const run = await page.api.get<{ head_sha: string; pull_requests: { number: number }[] }>(
    `/repos/${repository.full_name}/check-runs/${id}`,
  );
  const pull = run.pull_requests[0];
  if (!pull) return goTo(`/${repository.full_name}/commit/${run.head_sha}`);
  return goTo(`/${repository.full_name}/pull/${String(pull.number)}/checks?check_run_id=${id}`);
}

function goTo(location: string): PageAnswer {
  return { status: 302, body: "", headers: { location } };
}
