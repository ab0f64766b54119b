import { html, type Markup } from "./html.ts";
import { layout, repositoryHead, type Page } from "./layout.ts";
import { label, person, stateBadge, time } from "./parts.ts";
import type { CommentShape, EventShape, IssueShape, LabelShape, PullShape, RepositoryShape } from "./shapes.ts";
import { eventHappenings } from "./events.ts";
import { commentHappenings, writtenBox, type Happening } from "./timeline.ts";

/** `/{owner}/{repo}/issues/{number}`. */
export async function issuePage(page: Page, repository: RepositoryShape, issue: IssueShape): Promise<string> {
  return layout(
    page,
    `${issue.title} · Issue #${String(issue.number)} · ${repository.full_name}`,
    html`${repositoryHead(repository, "issues")}
      <h1 class="title">${issue.title} <span class="number">#${issue.number}</span></h1>
      <p class="under-title">
        ${stateBadge({ state: issue.state, pull: false, reason: issue.state_reason ?? null })} ${person(issue.user)}
        opened this ${time(issue.created_at)} · ${issue.comments} comments
      </p>
      <div class="columns">
        <div>${await conversationColumn(page, repository, issue, [], html``)}</div>
        ${await sidebar(page, repository, issue)}
      </div>`,
  );
}

/** `/{owner}/{repo}/issues/new`. */
export function newIssuePage(page: Page, repository: RepositoryShape): string {
  const { searchParams } = page.url;
  return layout(
    page,
    `New issue · ${repository.full_name}`,
    html`${repositoryHead(repository, "issues")}
      <h2>New issue</h2>
      ${
        page.viewer
          ? html`<form class="write" method="post" action="/${repository.full_name}/issues">
              <input
                name="title"
                placeholder="Title"
                aria-label="Title"
                value="${searchParams.get("title")}"
                required
              />
              <textarea name="body" rows="12" placeholder="What is it about?" aria-label="Body">
${searchParams.get("body")}</textarea>
              <button class="primary">Create issue</button>
            </form>`
          : signInFirst()
      }`,
  );
}

/** Body, comments, events, what `more` adds, then `box` (the merge box of a pull) and the comment form. */
export async function conversationColumn(
  page: Page,
  repository: RepositoryShape,
  issue: IssueShape | PullShape,
  more: Happening[],
  box: Markup,
): Promise<Markup> {
  const path = `/repos/${repository.full_name}/issues/${String(issue.number)}`;
  const [facts, comments, events] = await Promise.all([
    page.api.get<IssueShape>(path),
    page.api.list<CommentShape>(`${path}/comments`),
    page.api.list<EventShape>(`${path}/events`),
  ]);
  const address = `/${repository.full_name}/issues/${String(issue.number)}`;
  const happenings = [
    ...commentHappenings(page, repository, comments),
    ...eventHappenings(repository, events),
    ...more,
  ];
  const first = writtenBox(page, repository, {
    anchor: `issue-${String(issue.number)}`,
    address,
    author: issue.user,
    association: issue.author_association,
    at: issue.created_at,
    edited: false,
    body: facts.body ?? "",
    reactions: facts.reactions,
  });
  return html`${first} ${happenings.toSorted((a, b) => a.at.localeCompare(b.at)).map((one) => one.markup)} ${box}
  ${page.viewer ? commentForm(page, repository, issue, address) : signInFirst()}`;
}

/** Labels, assignees and whatever `extra` a pull adds. */
export async function sidebar(
  page: Page,
  repository: RepositoryShape,
  issue: IssueShape | PullShape,
  extra: Markup = html``,
): Promise<Markup> {
  const address = `/${repository.full_name}/issues/${String(issue.number)}`;
  const may = repository.permissions?.triage ?? repository.permissions?.push ?? false;
  const all = may ? await page.api.list<LabelShape>(`/repos/${repository.full_name}/labels`) : [];
  const free = all.filter((one) => !issue.labels.some((own) => own.name === one.name));
  const people = may ? await page.api.list<{ login: string }>(`/repos/${repository.full_name}/assignees`) : [];
  const others = people.filter((one) => !issue.assignees.some((own) => own.login === one.login));
  const remove = (action: string, name: string) =>
    may &&
    html`<button class="remove" formaction="${address}/${action}" name="name" value="${name}" title="Remove ${name}">
      ×
    </button>`;
  return html`<aside>
    <h3>Assignees</h3>
    <form method="post">
      ${issue.assignees.length === 0 && html`<span class="quiet">Nobody.</span>`}
      ${issue.assignees.map((one) => html`<div class="tag">${person(one)} ${remove("unassign", one.login)}</div>`)}
    </form>
    ${
      others.length > 0 &&
      picker(
        `${address}/assign`,
        "Assign",
        others.map((one) => one.login),
      )
    }
    <h3>Labels</h3>
    <form method="post">
      ${issue.labels.length === 0 && html`<span class="quiet">None.</span>`}
      ${issue.labels.map((one) => html`<span class="tag">${label(one)}${remove("unlabel", one.name)}</span>`)}
    </form>
    ${
      free.length > 0 &&
      picker(
        `${address}/label`,
        "Add",
        free.map((one) => one.name),
      )
    }
    ${extra}
  </aside>`;
}

function picker(action: string, word: string, names: string[]): Markup {
  return html`<form class="picker" method="post" action="${action}">
    <select name="name" aria-label="${word}">
      ${names.map((name) => html`<option>${name}</option>`)}
    </select>
    <button class="small">${word}</button>
  </form>`;
}

function commentForm(page: Page, repository: RepositoryShape, issue: IssueShape | PullShape, address: string): Markup {
  const mayClose =
    issue.user.login === page.viewer?.login ||
    (repository.permissions?.triage ?? repository.permissions?.push ?? false);
  const merged = "merged" in issue && issue.merged;
  const thing = "head" in issue ? "pull request" : "issue";
  const toggle = issue.state === "open" ? ["close", `Close ${thing}`] : ["reopen", `Reopen ${thing}`];
  return html`<form class="write" id="comment-form" method="post" action="${address}/comment">
    <textarea name="body" rows="5" placeholder="Add a comment" aria-label="Comment"></textarea>
    <div class="buttons">
      ${mayClose && !merged && html`<button formaction="${address}/${toggle[0]}">${toggle[1]}</button>`}
      <button class="primary">Comment</button>
    </div>
  </form>`;
}

function signInFirst(): Markup {
  return html`<div class="box nothing">Choose at the top whom you act as, to write here.</div>`;
}
