import { keepManifest } from "../operations/apps.ts";
import { accountByLogin, type Account } from "../state/accounts.ts";
import { PageProblem } from "./api.ts";
import { html } from "./html.ts";
import { layout, type Page } from "./layout.ts";
import { when } from "./parts.ts";

/**
 * The registration of an app from a manifest: `POST /settings/apps/new` (or `/organizations/{org}/settings/apps/new`) with a field
 * `manifest`. Gives where to go next: the manifest's `redirect_url` with `code` and `state`. Without somebody to act as,
 * null: then `manifestPage` asks whose app it shall be.
 */
export function acceptManifest(page: Page, organization: string | null, form: URLSearchParams): string | null {
  const manifest = readManifest(form.get("manifest") ?? "");
  const owner = ownerOf(page, organization, form.get("owner"));
  if (!owner) return null;
  const target = URL.parse(typeof manifest["redirect_url"] === "string" ? manifest["redirect_url"] : "");
  if (!target || !/^https?:$/.test(target.protocol)) {
    throw new PageProblem(422, 'The manifest needs a "redirect_url" that begins with http:// or https://');
  }
  target.searchParams.set("code", keepManifest(page.github, manifest, owner));
  const state = page.url.searchParams.get("state") ?? form.get("state");
  if (state !== null) target.searchParams.set("state", state);
  return target.href;
}

/** The form: empty for a manifest written by hand, or filled with one that waits for an owner. */
export function manifestPage(page: Page, manifest: string): string {
  const people = page.github.state.accounts.filter((account) => account.type !== "Bot");
  const action = page.url.pathname + page.url.search;
  return layout(
    page,
    "Register a GitHub App",
    html`<h1>Register a GitHub App</h1>
      <form class="write" method="post" action="${action}">
        <label
          >Owner
          <select name="owner">
            ${people.map(({ login }) => html`<option ${when(login === page.viewer?.login, "selected")}>${login}</option>`)}
          </select></label
        >
        <label
          >Manifest (JSON)
          <textarea name="manifest" rows="16" required>${manifest}</textarea>
        </label>
        <button class="primary">Create GitHub App</button>
      </form>
      ${people.length === 0 && html`<p class="quiet">There is nobody here yet who could own it.</p>`}`,
  );
}

function ownerOf(page: Page, organization: string | null, named: string | null): Account | null {
  const login = organization ?? named;
  if (login === null) return page.viewer;
  const found = accountByLogin(page.github.state, login);
  if (!found || found.type === "Bot") throw new PageProblem(404, `There is nobody called ${login} here`);
  return found;
}

function readManifest(text: string): Record<string, unknown> {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    throw new PageProblem(422, 'The field "manifest" holds no JSON');
  }
  if (typeof manifest !== "object" || manifest === null || Array.isArray(manifest)) {
    throw new PageProblem(422, 'The field "manifest" holds no JSON object');
  }
  return { ...manifest };
}
