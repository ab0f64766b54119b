import { html, type Markup } from "./html.ts";
import { conversationColumn, sidebar } from "./issue-page.ts";
import { layout, repositoryHead, type Page } from "./layout.ts";
import { mergeBox } from "./merge-box.ts";
import { nothing, person, stateBadge, time } from "./parts.ts";
import { checksTab, resultsOf } from "./pull-checks.ts";
import { filesTab } from "./pull-files.ts";
import type { CommitShape, LineCommentShape, PullShape, RepositoryShape, ReviewShape } from "./shapes.ts";
import { commitHappenings } from "./events.ts";
import { reviewHappenings } from "./timeline.ts";

export const pullTabs = ["conversation", "commits", "checks", "files"] as const;
export type PullTab = (typeof pullTabs)[number];

/** `/{owner}/{repo}/pull/{number}` and its tabs `/commits`, `/checks`, `/files`. */
export async function pullPage(page: Page, repository: RepositoryShape, number: string, tab: PullTab): Promise<string> {
  const path = `/repos/${repository.full_name}/pulls/${number}`;
  // The first question makes GitHub find out whether it can be merged; the second has the answer.
  await page.api.get<PullShape>(path);
  const pull = await page.api.get<PullShape>(path);
  return layout(
    page,
    `${pull.title} · Pull Request #${number} · ${repository.full_name}`,
    html`${repositoryHead(repository, "pulls")} ${head(repository, pull)} ${await tabs(page, repository, pull, tab)}
    ${await content(page, repository, pull, tab)}`,
  );
}

/** `/{owner}/{repo}/commit/{sha}`. */
export async function commitPage(page: Page, repository: RepositoryShape, sha: string): Promise<string> {
  const commit = await page.api.get<CommitShape>(`/repos/${repository.full_name}/commits/${sha}`);
  const [title = "", ...rest] = commit.commit.message.split("\n");
  return layout(
    page,
    `${title} · ${repository.full_name}@${sha.slice(0, 7)}`,
    html`${repositoryHead(repository, "code")}
      <div class="box">
        <h2>${title}</h2>
        <pre class="message">${rest.join("\n").trim()}</pre>
        <p class="quiet">
          ${commit.author ? person(commit.author) : commit.commit.author.name} · ${time(commit.commit.author.date)} ·
          <code>${commit.sha}</code>
        </p>
      </div>
      ${filesTab(page, repository, commit.files ?? [], [], null)}`,
  );
}

function head(repository: RepositoryShape, pull: PullShape): Markup {
  const verb = pull.merged ? html`${person(pull.merged_by)} merged` : html`${person(pull.user)} wants to merge`;
  return html`<h1 class="title">${pull.title} <span class="number">#${pull.number}</span></h1>
    <p class="under-title">
      ${stateBadge({ state: pull.state, draft: pull.draft, merged: pull.merged, pull: true })} ${verb} ${pull.commits}
      ${pull.commits === 1 ? "commit" : "commits"} into <span class="branch">${pull.base.ref}</span> from
      <span class="branch"
        >${pull.head.label.startsWith(`${repository.owner.login}:`) ? pull.head.ref : pull.head.label}</span
      >
    </p>`;
}

async function tabs(page: Page, repository: RepositoryShape, pull: PullShape, current: PullTab): Promise<Markup> {
  const root = `/${repository.full_name}/pull/${String(pull.number)}`;
  const results = await resultsOf(page, repository, pull.head.sha);
  const facts: Record<PullTab, [string, string, number | null]> = {
    conversation: ["Conversation", root, pull.comments],
    commits: ["Commits", `${root}/commits`, pull.commits],
    checks: ["Checks", `${root}/checks`, results.runs.length + results.statuses.length],
    files: ["Files changed", `${root}/files`, pull.changed_files],
  };
  return html`<nav class="tabs pull-tabs">
    ${pullTabs.map((tab) => {
      const [text, href, count] = facts[tab];
      return html`<a href="${href}" ${tab === current ? html`aria-current="page"` : null}
        >${text} <span class="count">${count}</span></a
      >`;
    })}
    <span class="end size"><b class="plus">+${pull.additions}</b> <b class="minus">−${pull.deletions}</b></span>
  </nav>`;
}

async function content(page: Page, repository: RepositoryShape, pull: PullShape, tab: PullTab): Promise<Markup> {
  const path = `/repos/${repository.full_name}/pulls/${String(pull.number)}`;
  switch (tab) {
    case "conversation": {
      const [commits, reviews, lines] = await Promise.all([
        page.api.list<CommitShape>(`${path}/commits`),
        page.api.list<ReviewShape>(`${path}/reviews`),
        page.api.list<LineCommentShape>(`${path}/comments`),
      ]);
      const more = [...commitHappenings(repository, commits), ...reviewHappenings(page, repository, reviews, lines)];
      const box = await mergeBox(page, repository, pull);
      return html`<div class="columns">
        <div>${await conversationColumn(page, repository, pull, more, box)}</div>
        ${await sidebar(page, repository, pull, reviewers(pull, reviews))}
      </div>`;
    }
    case "commits":
      return commitRows(repository, await page.api.list<CommitShape>(`${path}/commits`));
    case "checks":
      return checksTab(page, repository, pull);
    case "files": {
      const lines = await page.api.list<LineCommentShape>(`${path}/comments`);
      return filesTab(page, repository, await page.api.list(`${path}/files`), lines, pull);
    }
  }
}

function reviewers(pull: PullShape, reviews: ReviewShape[]): Markup {
  const last = new Map(
    reviews
      .filter((review) => review.state !== "COMMENTED" && review.state !== "PENDING")
      .map((review) => [review.user.login, review]),
  );
  const sign: Record<string, string> = { APPROVED: "✓", CHANGES_REQUESTED: "✕", DISMISSED: "⊘" };
  return html`<h3>Reviewers</h3>
    ${pull.requested_reviewers.map((user) => html`<div class="tag">${person(user)} <span class="quiet">asked</span></div>`)}
    ${[...last.values()].map((review) => html`<div class="tag">${person(review.user)} ${sign[review.state]}</div>`)}
    ${last.size + pull.requested_reviewers.length === 0 && html`<span class="quiet">Nobody.</span>`}`;
}

function commitRows(repository: RepositoryShape, commits: CommitShape[]): Markup {
  if (commits.length === 0) return nothing("No commits.");
  return html`<ul class="rows">
    ${commits.map((commit) => {
      const [title = ""] = commit.commit.message.split("\n");
      return html`<li>
        <div>
          <a class="strong" href="/${repository.full_name}/commit/${commit.sha}">${title}</a>
          <div class="quiet">
            ${commit.author ? person(commit.author) : commit.commit.author.name} · ${time(commit.commit.author.date)}
          </div>
        </div>
        <span class="end">
          ${commit.commit.verification?.verified && html`<span class="pill verified">Verified</span>`}
          <code>${commit.sha.slice(0, 7)}</code>
        </span>
      </li>`;
    })}
  </ul>`;
}
