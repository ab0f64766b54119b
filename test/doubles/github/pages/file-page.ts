import { PageProblem } from "./api.ts";
import { html, type Markup } from "./html.ts";
import { document, layout, repositoryHead, type Page } from "./layout.ts";
import { breadcrumbs, encodePath, repositoryPage, sizeOf } from "./repository-page.ts";
import type { EntryShape, RepositoryShape } from "./shapes.ts";

/** `/{owner}/{repo}/blob/{ref}/{path}`: a file with numbered lines (`#L12` leads to line 12). Folders are shown as such. */
export async function filePage(page: Page, repository: RepositoryShape, refAndPath: string): Promise<string> {
  const { ref, path } = await splitRef(page, repository, refAndPath);
  const query = `?ref=${encodeURIComponent(ref)}`;
  const address = `/repos/${repository.full_name}/contents/${encodePath(path)}${query}`;
  const entry = await page.api.get<EntryShape | EntryShape[]>(address);
  if (Array.isArray(entry)) return repositoryPage(page, repository, ref, path);
  const text = await page.api.text(address, "application/vnd.github.raw+json");
  return layout(
    page,
    `${path} at ${ref} · ${repository.full_name}`,
    html`${repositoryHead(repository, "code")} ${breadcrumbs(repository, ref, path)}
      <section class="box file">
        <div class="box-head">${entry.name} <span class="quiet end">${sizeOf(entry.size)}</span></div>
        ${content(page, repository, path, text)}
      </section>`,
  );
}

/**
 * Parts `feature/x/src/a.ts` into a branch, tag or sha and a path: the longest branch that fits wins, as branch names may hold slashes.
 */
export async function splitRef(
  page: Page,
  repository: RepositoryShape,
  joined: string,
): Promise<{ ref: string; path: string }> {
  const branches = await page.api.list<{ name: string }>(`/repos/${repository.full_name}/branches`);
  const fitting = branches.map(({ name }) => name).filter((name) => joined === name || joined.startsWith(`${name}/`));
  const [first = ""] = joined.split("/");
  const ref = fitting.toSorted((a, b) => b.length - a.length)[0] ?? first;
  if (ref === "") throw new PageProblem(404, "No branch is named in this address");
  return { ref, path: joined.slice(ref.length + 1) };
}

function content(page: Page, repository: RepositoryShape, path: string, text: string): Markup {
  if (text.includes("\0")) return html`<p class="nothing">A binary file is not shown.</p>`;
  if (/\.md$/i.test(path) && !page.url.searchParams.has("plain")) {
    return html`<div class="markdown">${document(page, repository.full_name, text)}</div>`;
  }
  const lines = text.replace(/\n$/, "").split("\n");
  return html`<table class="code">
    ${lines.map((line, index) => {
      const number = String(index + 1);
      return html`<tr id="L${number}">
        <td class="number"><a href="#L${number}">${number}</a></td>
        <td class="line">${line}</td>
      </tr>`;
    })}
  </table>`;
}
