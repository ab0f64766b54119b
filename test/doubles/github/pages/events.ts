import { icon } from "./icons.ts";
import { html, type Markup } from "./html.ts";
import { label, person, time } from "./parts.ts";
import type { CommitShape, EventShape, IssueShape, PullShape, RepositoryShape } from "./shapes.ts";
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

/** Closed or merged, by whom, and as which commit. */
export function endHappenings(repository: RepositoryShape, issue: IssueShape | PullShape): Happening[] {
  if ("merged_at" in issue && issue.merged_at !== null) {
    const sha = issue.merge_commit_sha ?? "";
    const as = html`as <a href="/${repository.full_name}/commit/${sha}"><code>${sha.slice(0, 7)}</code></a>`;
    return [endLine(issue.merged_at, issue.merged_by, "merged", as)];
  }
  return issue.closed_at === null ? [] : [endLine(issue.closed_at, issue.closed_by ?? null, "closed", html``)];
}

function endLine(at: string, who: IssueShape["user"] | null, word: string, as: Markup): Happening {
  return { at, markup: html`<div class="event ${word}">${who && person(who)} ${word} this ${as} ${time(at)}</div>` };
}

/** The small lines between comments: labelled, closed, merged, … */
export function eventHappenings(events: EventShape[]): Happening[] {
  return events.flatMap((event) => {
    const what = sayEvent(event);
    if (what === null) return [];
    return [
      {
        at: event.created_at,
        markup: html`<div class="event">${person(event.actor)} ${what} ${time(event.created_at)}</div>`,
      },
    ];
  });
}

function sayEvent(event: EventShape): Markup | null {
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
    case "closed":
    case "reopened":
    case "merged":
    case "locked":
    case "unlocked":
      return html`${event.event} this`;
    case "ready_for_review":
      return html`marked this as ready for review`;
    case "convert_to_draft":
      return html`made this a draft`;
    case "auto_merge_enabled":
      return html`enabled auto-merge`;
    case "head_ref_deleted":
      return html`deleted the branch`;
    case "head_ref_force_pushed":
      return html`pushed anew by force`;
    default:
      return null;
  }
}
