import { icon } from "./icons.ts";
import { html, type Markup } from "./html.ts";
import { layout, repositoryHead, type Page } from "./layout.ts";
import { label, nothing, stateIcon, time } from "./parts.ts";
import type { IssueShape, RepositoryShape } from "./shapes.ts";

/** `/{owner}/{repo}/issues` or `/pulls`: open ones, or with `?state=closed` the closed ones; `?label=` narrows. */
export async function issueListPage(
  page: Page,
  repository: RepositoryShape,
  kind: "issues" | "pulls",
): Promise<string> {
  const wanted = page.url.searchParams.get("state") === "closed" ? "closed" : "open";
  const named = page.url.searchParams.get("label");
  const narrowed = named === null ? "" : `&labels=${encodeURIComponent(named)}`;
  const path = `/repos/${repository.full_name}/issues`;
  const all = await page.api.list<IssueShape>(`${path}?state=all${narrowed}`);
  const own = all.filter((issue) => (issue.pull_request !== undefined) === (kind === "pulls"));
  const shown = own.filter((issue) => issue.state === wanted);
  const count = (state: string) => String(own.filter((issue) => issue.state === state).length);
  const link = (state: string, text: string) =>
    html`<a href="?state=${state}" class="${state === wanted && "strong"}">${count(state)} ${text}</a>`;
  return layout(
    page,
    `${kind === "issues" ? "Issues" : "Pull requests"} · ${repository.full_name}`,
    html`${repositoryHead(repository, kind)}
      <div class="list-head">
        ${link("open", "open")} ${link("closed", "closed")}
        ${kind === "issues" && html`<a class="button primary end" href="/${repository.full_name}/issues/new">New issue</a>`}
      </div>
      ${shown.length === 0 ? nothing(`There is nothing ${wanted}.`) : issueRows(repository, shown)}`,
  );
}

/** Rows with state, title, labels and who. */
export function issueRows(repository: RepositoryShape, issues: IssueShape[]): Markup {
  return html`<ul class="rows">
    ${issues.map((issue) => {
      const pull = issue.pull_request !== undefined;
      const merged = Boolean(issue.pull_request?.merged_at);
      const href = `/${repository.full_name}/${pull ? "pull" : "issues"}/${String(issue.number)}`;
      return html`<li>
        ${stateIcon({ state: issue.state, draft: issue.draft ?? false, merged, pull })}
        <div>
          <a class="strong" href="${href}">${issue.title}</a> ${issue.labels.map((one) => label(one))}
          <div class="quiet">
            #${issue.number} by ${issue.user.login},
            ${time(issue.created_at)}${issue.comments > 0 && html` · ${icon("comment")} ${issue.comments}`}
          </div>
        </div>
      </li>`;
    })}
  </ul>`;
}
