import { html, type Markup } from "./html.ts";
import { conversation, type Page } from "./layout.ts";
import { person, reactionBar, time } from "./parts.ts";
import type { CommentShape, LineCommentShape, Reactions, RepositoryShape, ReviewShape } from "./shapes.ts";
import { versionOf } from "./tasks.ts";

/** Something in a conversation, with the moment by which it is put in order. */
export interface Happening {
  readonly at: string;
  readonly markup: Markup;
}

/** A body that people write into: of an issue, a pull or a comment. `address` is where its forms are sent. */
export interface Written {
  readonly anchor: string;
  readonly address: string;
  readonly author: CommentShape["user"];
  readonly association: string;
  readonly at: string;
  readonly edited: boolean;
  readonly body: string;
  readonly reactions: Reactions | undefined;
}

/** One comment box. Those who may edit get an edit form and boxes that can be ticked. */
export function writtenBox(page: Page, repository: RepositoryShape, written: Written): Markup {
  const { viewer } = page;
  const mayEdit = viewer !== null && (written.author.login === viewer.login || (repository.permissions?.push ?? false));
  const body = written.body.trim() === "" ? html`<p class="quiet">No description.</p>` : null;
  return html`<article class="comment" id="${written.anchor}">
    <header class="box-head">
      ${person(written.author)} <span class="quiet">wrote ${time(written.at)}${written.edited && " · edited"}</span>
      ${written.association !== "NONE" && html`<span class="pill end">${written.association.toLowerCase()}</span>`}
    </header>
    <div class="markdown body">${body ?? conversation(page, repository.full_name, written.body, mayEdit)}</div>
    ${
      mayEdit &&
      html`<form class="task-form" method="post" action="${written.address}/task" hidden>
          <input type="hidden" name="version" value="${versionOf(written.body)}" />
          <input type="hidden" name="line" />
          <input type="hidden" name="ticked" />
        </form>
        <details class="edit">
          <summary>Edit</summary>
          <form method="post" action="${written.address}/edit">
            <textarea name="body" rows="8" aria-label="Text">${written.body}</textarea>
            <button>Save</button>
          </form>
        </details>`
    }
    ${reactionBar(written.reactions, viewer && `${written.address}/react`)}
  </article>`;
}

/** The comments of an issue or pull. */
export function commentHappenings(page: Page, repository: RepositoryShape, comments: CommentShape[]): Happening[] {
  return comments.map((comment) => ({
    at: comment.created_at,
    markup: writtenBox(page, repository, {
      anchor: `issuecomment-${String(comment.id)}`,
      address: `/${repository.full_name}/comments/${String(comment.id)}`,
      author: comment.user,
      association: comment.author_association,
      at: comment.created_at,
      edited: comment.updated_at !== comment.created_at,
      body: comment.body,
      reactions: comment.reactions,
    }),
  }));
}

/** Reviews with their line comments, answers below what they answer. */
export function reviewHappenings(
  page: Page,
  repository: RepositoryShape,
  reviews: ReviewShape[],
  lines: LineCommentShape[],
): Happening[] {
  const words: Record<string, string> = {
    APPROVED: "approved these changes",
    CHANGES_REQUESTED: "requested changes",
    COMMENTED: "reviewed",
    DISMISSED: "reviewed (dismissed)",
  };
  const starts = lines.filter((line) => line.in_reply_to_id === undefined);
  return reviews.flatMap((review) => {
    const own = starts.filter((line) => line.pull_request_review_id === review.id);
    // A review that only holds answers shows at the comments which it answers.
    if (review.state === "PENDING" || (review.state === "COMMENTED" && review.body === "" && own.length === 0))
      return [];
    const markup = html`<article class="review ${review.state.toLowerCase()}" id="pullrequestreview-${review.id}">
      <div class="event">
        ${person(review.user)} ${words[review.state] ?? review.state} ${time(review.submitted_at)}
      </div>
      ${
        review.body !== "" &&
        html`<div class="comment">
          <div class="markdown">${conversation(page, repository.full_name, review.body, false)}</div>
        </div>`
      }
      ${own.map((line) => lineThread(page, repository, line, lines, true))}
    </article>`;
    return [{ at: review.submitted_at ?? "", markup }];
  });
}

/** A comment on a line or a whole file, with its answers; with `hunk`, what it speaks of: the file, and the end of the diff. */
export function lineThread(
  page: Page,
  repository: RepositoryShape,
  first: LineCommentShape,
  all: LineCommentShape[],
  hunk: boolean,
): Markup {
  const answers = all.filter((line) => line.in_reply_to_id === first.id);
  const ofLine = first.subject_type === "line";
  return html`<div class="thread" id="discussion_r${first.id}">
    ${
      hunk &&
      html`<div class="box-head">
          <code>${first.path}</code> <span class="quiet">${ofLine ? linesOf(first) : "whole file"}</span>
          ${ofLine && first.line === null && html`<span class="pill end">Outdated</span>`}
        </div>
        ${ofLine && endOf(first.diff_hunk)}`
    }
    ${[first, ...answers].map(
      (line) =>
        html`<div class="line-comment">
          <div>${person(line.user)} <span class="quiet">${time(line.created_at)}</span></div>
          <div class="markdown">${conversation(page, repository.full_name, line.body, false)}</div>
          ${reactionBar(line.reactions, null)}
        </div>`,
    )}
  </div>`;
}

function linesOf({ line, original_line, start_line }: LineCommentShape): string {
  const from = start_line === null ? "" : `${String(start_line)}–`;
  return `line ${from}${String(line ?? original_line)}`;
}

function endOf(hunk: string): Markup {
  return html`<table class="diff">
    ${hunk
      .split("\n")
      .slice(-4)
      .map(
        (line) =>
          html`<tr class="${lineKind(line)}">
            <td class="line">${line}</td>
          </tr>`,
      )}
  </table>`;
}

export function lineKind(line: string): string {
  const kinds: Record<string, string> = { "+": "added", "-": "removed", "@": "hunk", "\\": "hunk" };
  return kinds[line.charAt(0)] ?? "";
}
