import { accountByLogin } from "../state/accounts.ts";
import { fullName } from "../state/repositories.ts";
import { PageProblem } from "./api.ts";
import { html, type Markup } from "./html.ts";
import { layout, type Page } from "./layout.ts";
import { avatar, nothing, person } from "./parts.ts";
import type { RepositoryShape } from "./shapes.ts";

/** `/`: all repositories that the visitor may see, and the users to act as. */
export async function homePage(page: Page): Promise<string> {
  const repositories = await visibleRepositories(page, null);
  const users = page.github.state.accounts.filter((account) => account.type === "User");
  return layout(
    page,
    "Local GitHub",
    html`<div class="columns">
      <div>
        <h2>Repositories</h2>
        ${repositories.length === 0 ? nothing("There are no repositories that you can see yet.") : repositoryRows(repositories)}
      </div>
      <aside>
        <h2>Act as</h2>
        <form class="people" method="post" action="/_pages/act-as">
          <input type="hidden" name="back" value="/" />
          ${users.map(
            ({ login, type }) =>
              html`<button name="login" value="${login}" class="${login === page.viewer?.login && "current"}">
                ${avatar({ login, type, html_url: "" })} ${login}
              </button>`,
          )}
        </form>
        ${users.length === 0 && nothing("There are no users yet.")}
        <p class="quiet">A GitHub of your own machine: nothing here leaves it, and nobody is asked for a password.</p>
      </aside>
    </div>`,
  );
}

/** `/{login}`: one account and its repositories. */
export async function accountPage(page: Page, login: string): Promise<string> {
  const account = accountByLogin(page.github.state, login);
  if (!account || account.type === "Bot") throw new PageProblem(404, `There is nobody called ${login} here`);
  const repositories = await visibleRepositories(page, account.id);
  const user = { login: account.login, type: account.type, html_url: "" };
  return layout(
    page,
    account.login,
    html`<h1 class="account">${avatar(user)} ${account.name ?? account.login}</h1>
      <p class="quiet">${account.type}</p>
      ${repositories.length === 0 ? nothing("No repositories that you can see.") : repositoryRows(repositories)}`,
  );
}

/** `/apps/{slug}`: what an app may do and where it is installed. */
export function appPage(page: Page, slug: string): string {
  const { state } = page.github;
  const app = state.apps.find((one) => one.slug === slug);
  if (!app) throw new PageProblem(404, `There is no app called ${slug} here`);
  const owners = state.installations
    .filter((one) => one.appId === app.id)
    .flatMap((one) => state.accounts.filter((account) => account.id === one.accountId));
  return layout(
    page,
    app.name,
    html`<h1>${app.name} <span class="pill">app</span></h1>
      <p>${app.description}</p>
      <div class="box">
        <h3>Permissions</h3>
        <ul>
          ${Object.entries(app.permissions).map(([name, access]) => html`<li>${name.replaceAll("_", " ")}: ${access}</li>`)}
        </ul>
        <h3>Events</h3>
        <p>${app.events.join(", ")}</p>
        <h3>Installed for</h3>
        ${owners.map(({ login, type }) => html`<p>${person({ login, type, html_url: "" })}</p>`)}
      </div>`,
  );
}

async function visibleRepositories(page: Page, ownerId: number | null): Promise<RepositoryShape[]> {
  const all = page.github.state.repositories.filter((one) => ownerId === null || one.ownerId === ownerId);
  const found = await Promise.all(
    all.map((one) => page.api.find<RepositoryShape>(`/repos/${fullName(page.github.state, one)}`)),
  );
  return found.filter((one) => one !== null);
}

function repositoryRows(repositories: RepositoryShape[]): Markup {
  return html`<ul class="rows">
    ${repositories.map(
      (one) =>
        html`<li>
          <div>
            <a class="strong" href="/${one.full_name}">${one.full_name}</a>
            <span class="pill">${one.private ? "Private" : "Public"}</span>
            <div class="quiet">${one.description}</div>
          </div>
        </li>`,
    )}
  </ul>`;
}
