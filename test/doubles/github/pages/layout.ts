import { accountByLogin, type Account } from "../state/accounts.ts";
import type { GitHub } from "../state/github.ts";
import { issueByNumber } from "../state/issues.ts";
import { repositoryByName } from "../state/repositories.ts";
import type { PageApi } from "./api.ts";
import { html, trusted, type Markup } from "./html.ts";
import { markdown } from "./markdown.ts";
import type { References } from "./references.ts";
import type { RepositoryShape } from "./shapes.ts";

/** What every page is made with. */
export interface Page {
  readonly github: GitHub;
  readonly api: PageApi;
  /** The user whom the visitor acts as. */
  readonly viewer: Account | null;
  readonly url: URL;
}

/** A whole document. `body` stands between the head bar and the end. */
export function layout(page: Page, title: string, body: Markup): string {
  const people = page.github.state.accounts.filter((account) => account.type === "User");
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="stylesheet" href="/_pages/style.css" />
        <link rel="icon" href="data:," />
        <script src="/_pages/page.js" defer></script>
      </head>
      <body>
        <header class="bar">
          <a class="home" href="/">Local GitHub</a>
          <form class="act-as" method="post" action="/_pages/act-as">
            <input type="hidden" name="back" value="${page.url.pathname + page.url.search}" />
            <label>
              Acting as
              <select name="login" aria-label="Acting as" data-submit>
                <option value="">nobody</option>
                ${people.map(
                  ({ login }) =>
                    html`<option value="${login}" ${login === page.viewer?.login && trusted("selected")}>
                      ${login}
                    </option>`,
                )}
              </select>
            </label>
            <button class="small">Switch</button>
          </form>
        </header>
        <main>${body}</main>
      </body>
    </html>`.text;
}

/** The head of every page of a repository: its name and the tabs. */
export function repositoryHead(repository: RepositoryShape, tab: "code" | "issues" | "pulls"): Markup {
  const root = `/${repository.full_name}`;
  const item = (name: typeof tab, href: string, text: string) =>
    html`<a href="${href}" ${name === tab && trusted('aria-current="page"')}>${text}</a>`;
  return html`<div class="repository-head">
    <h1 class="repository-name">
      <a href="/${repository.owner.login}">${repository.owner.login}</a> /
      <a href="${root}"><b>${repository.name}</b></a>
      <span class="pill">${repository.private ? "Private" : "Public"}${repository.archived && " archive"}</span>
    </h1>
    <nav class="tabs">
      ${item("code", root, "Code")} ${item("issues", `${root}/issues`, "Issues")}
      ${item("pulls", `${root}/pulls`, "Pull requests")}
    </nav>
  </div>`;
}

/** Markdown of a conversation in a repository, with its `#12` and `@login`. */
export function conversation(page: Page, repository: string, body: string, editable: boolean): Markup {
  return markdown(body, { references: referencesIn(page, repository), breaks: true, editable });
}

/** Markdown of a file. */
export function document(page: Page, repository: string, body: string): Markup {
  return markdown(body, { references: referencesIn(page, repository) });
}

function referencesIn({ github }: Page, fullName: string): References {
  const [owner = "", name = ""] = fullName.split("/");
  const repository = repositoryByName(github.state, owner, name);
  return {
    issue(number) {
      const issue = repository && issueByNumber(github.state, repository.id, number);
      return issue ? `/${fullName}/${issue.isPull ? "pull" : "issues"}/${String(number)}` : null;
    },
    account(login) {
      const account = accountByLogin(github.state, login);
      if (!account) return null;
      return account.type === "Bot" ? `/apps/${account.login.replace("[bot]", "")}` : `/${account.login}`;
    },
  };
}
