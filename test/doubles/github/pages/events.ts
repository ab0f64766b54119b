import { icon } from "./icons.ts";
import { html, type Markup } from "./html.ts";
import { label, person, time } from "./parts.ts";
import type { CommitShape, EventShape, RepositoryShape } from "./shapes.ts";
import type { Happening } from "./timeline.ts";

/** The commits of a pull, where they were made. */
export function commitHappenings(repository: RepositoryShape, commits: CommitShape[]): Happening[] {
  return commits.map(({ sha, author, commit }) => {
    const [title = ""] = commit.message.split("\n");
    const markup = html`<div class="event commit">
      ${icon("commit")} ${author ? person(author) : html`<b>${commit.author.name}</b>`}
      <a href="/${repository.full_name}/commit/${sha}">${title}</a> <code class="end">${sha.slice(0, 7)}</code>
    </div>`;
    return { at: commit.author.date, markup };
  });
}

/** The small lines between comments: labelled, closed, merged, … */
export function eventHappenings(repository: RepositoryShape, events: EventShape[]): Happening[] {
  const isMerged = events.some((event) => event.event === "merged");
  return events.flatMap((event) => {
    const what = sayEvent(repository, event);
    // A merge closes, too, and needs no second line.
    if (what === null || (isMerged && event.event === "closed")) return [];
    const line = html`${event.actor && person(event.actor)} ${what} ${time(event.created_at)}`;
    return [{ at: event.created_at, markup: html`<div class="event ${event.event}">${line}</div>` }];
  });
}

function sayEvent(repository: RepositoryShape, event: EventShape): Markup | null {
  switch (event.event) {
    case "labeled":
      return html`added ${event.label && label({ ...event.label, description: null })}`;
    case "unlabeled":
      return html`removed ${event.label && label({ ...event.label, description: null })}`;
    case "assigned":
      return html`assigned <b>${event.assignee?.login}</b>`;
    case "unassigned":
      return html`took the assignment from <b>${event.assignee?.login}</b>`;
    case "renamed":
      return html`changed the title from <del>${event.rename?.from}</del> to <b>${event.rename?.to}</b>`;
    case "merged": {
      const sha = event.commit_id ?? "";
      return html`merged this as <a href="/${repository.full_name}/commit/${sha}"><code>${sha.slice(0, 7)}</code></a>`;
    }
    case "head_ref_force_pushed":
      return html`pushed this branch by force, to <code>${event.commit_id?.slice(0, 7)}</code>`;
    case "closed":
    case "reopened":
      return html`${event.event} this`;
    default:
      return null;
  }
}
