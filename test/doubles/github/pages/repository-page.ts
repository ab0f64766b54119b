import { icon } from "./icons.ts";
import { html, type Markup } from "./html.ts";
import { document, layout, repositoryHead, type Page } from "./layout.ts";
import { issueRows } from "./issue-lists.ts";
import { nothing, person, time } from "./parts.ts";
import type { CommitShape, EntryShape, IssueShape, RepositoryShape } from "./shapes.ts";

/** `/{owner}/{repo}` and `/{owner}/{repo}/tree/{ref}/{path}`: files, the README, and what is open. */
export async function repositoryPage(
  page: Page,
  repository: RepositoryShape,
  ref: string,
  path: string,
): Promise<string> {
  const root = `/repos/${repository.full_name}`;
  const query = `?ref=${encodeURIComponent(ref)}`;
  const [entries, commits, open] = await Promise.all([
    page.api.find<EntryShape[]>(`${root}/contents/${encodePath(path)}${query}`),
    page.api.find<CommitShape[]>(`${root}/commits?sha=${encodeURIComponent(ref)}&per_page=1`).catch(() => null),
    path === "" ? page.api.list<IssueShape>(`${root}/issues?state=open`) : [],
  ]);
  const body = entries
    ? html`${lastCommit(repository, commits?.[0])} ${fileRows(repository, ref, entries)}
      ${await readme(page, repository, ref, entries)}`
    : emptyRepository(repository);
  return layout(
    page,
    repository.full_name,
    html`${repositoryHead(repository, "code")}
      <div class="columns">
        <div>${breadcrumbs(repository, ref, path)} ${body}</div>
        <aside>
          <h3>About</h3>
          <p>${repository.description ?? "No description."}</p>
          <h3>Clone</h3>
          <pre class="clone">git clone ${repository.clone_url}</pre>
          ${path === "" && openThings(repository, open)}
        </aside>
      </div>`,
  );
}

/** The way from the root to a path, every part a link. */
export function breadcrumbs(repository: RepositoryShape, ref: string, path: string): Markup {
  const parts = path.split("/").filter(Boolean);
  const tree = (count: number) =>
    `/${repository.full_name}/tree/${encodePath(ref)}/${encodePath(parts.slice(0, count).join("/"))}`;
  return html`<div class="crumbs">
    <span class="branch">${ref}</span>
    ${parts.length > 0 && html`<a href="${tree(0)}"><b>${repository.name}</b></a>`}
    ${parts.map((part, index) =>
      index === parts.length - 1 ? html` / <b>${part}</b>` : html` / <a href="${tree(index + 1)}">${part}</a>`,
    )}
  </div>`;
}

/** A path for a URL: every part encoded, the slashes kept. */
export function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

function lastCommit(repository: RepositoryShape, commit: CommitShape | undefined): Markup {
  if (!commit) return html``;
  const [title = ""] = commit.commit.message.split("\n");
  return html`<div class="last-commit">
    ${commit.author ? person(commit.author) : html`<b>${commit.commit.author.name}</b>`}
    <a href="/${repository.full_name}/commit/${commit.sha}">${title}</a>
    <span class="quiet end"><code>${commit.sha.slice(0, 7)}</code> ${time(commit.commit.author.date)}</span>
  </div>`;
}

function fileRows(repository: RepositoryShape, ref: string, entries: EntryShape[]): Markup {
  const sorted = entries.toSorted(
    (a, b) => Number(b.type === "dir") - Number(a.type === "dir") || a.name.localeCompare(b.name),
  );
  const kind = (entry: EntryShape) => (entry.type === "dir" ? "tree" : "blob");
  return html`<ul class="rows files">
    ${sorted.map(
      (entry) =>
        html`<li>
          <span>${icon(entry.type === "dir" ? "folder" : "file")}</span>
          <a href="/${repository.full_name}/${kind(entry)}/${encodePath(ref)}/${encodePath(entry.path)}"
            >${entry.name}</a
          >
          <span class="quiet end">${entry.type === "file" && sizeOf(entry.size)}</span>
        </li>`,
    )}
  </ul>`;
}

/** Bytes for people. */
export function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${String(bytes)} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

async function readme(
  page: Page,
  repository: RepositoryShape,
  ref: string,
  entries: EntryShape[],
): Promise<Markup | null> {
  const entry = entries.find(({ name, type }) => type === "file" && /^readme(\.md|\.txt)?$/i.test(name));
  if (!entry) return null;
  const path = `/repos/${repository.full_name}/contents/${encodePath(entry.path)}?ref=${encodeURIComponent(ref)}`;
  const text = await page.api.text(path, "application/vnd.github.raw+json");
  const shown = /\.md$/i.test(entry.name) ? document(page, repository.full_name, text) : html`<pre>${text}</pre>`;
  return html`<section class="box readme">
    <div class="box-head">${entry.name}</div>
    <div class="markdown">${shown}</div>
  </section>`;
}

function emptyRepository(repository: RepositoryShape): Markup {
  return html`<div class="box">
    <h3>There are no files here yet</h3>
    <p>Push some:</p>
    <pre>
git remote add origin ${repository.clone_url}
git push -u origin ${repository.default_branch}</pre>
  </div>`;
}

function openThings(repository: RepositoryShape, open: IssueShape[]): Markup {
  const issues = open.filter((issue) => !issue.pull_request);
  const pulls = open.filter((issue) => issue.pull_request);
  return html`<h3>Open issues</h3>
    ${issues.length === 0 ? nothing("None.") : issueRows(repository, issues.slice(0, 10))}
    <h3>Open pull requests</h3>
    ${pulls.length === 0 ? nothing("None.") : issueRows(repository, pulls.slice(0, 10))}`;
}
