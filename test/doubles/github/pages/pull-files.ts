import { html, type Markup } from "./html.ts";
import type { Page } from "./layout.ts";
import { nothing } from "./parts.ts";
import type { FileShape, LineCommentShape, PullShape, RepositoryShape } from "./shapes.ts";
import { lineKind, lineThread } from "./timeline.ts";

/** The files of a pull (or of a commit, `pull` null) as coloured diffs, with comments where they belong, and a form to review. */
export function filesTab(
  page: Page,
  repository: RepositoryShape,
  files: FileShape[],
  comments: LineCommentShape[],
  pull: PullShape | null,
): Markup {
  if (files.length === 0) return nothing("No files changed.");
  return html`${files.map((file) =>
    fileDiff(
      page,
      repository,
      file,
      comments.filter((comment) => comment.path === file.filename),
    ),
  )}
  ${pull && page.viewer && pull.state === "open" && reviewForm(page, repository, pull)}`;
}

function fileDiff(page: Page, repository: RepositoryShape, file: FileShape, comments: LineCommentShape[]): Markup {
  const moved = file.previous_filename === undefined ? "" : `${file.previous_filename} → `;
  return html`<section class="box file" id="${file.filename}">
    <div class="box-head">
      <b class="plus">+${file.additions}</b> <b class="minus">−${file.deletions}</b>
      <code>${moved}${file.filename}</code>
      <span class="pill end">${file.status}</span>
    </div>
    ${comments
      .filter((comment) => comment.in_reply_to_id === undefined && comment.subject_type === "file")
      .map((comment) => html`<div class="file-thread">${lineThread(page, repository, comment, comments, false)}</div>`)}
    ${
      file.patch === undefined
        ? html`<p class="nothing">
            ${file.additions + file.deletions > 0 ? "Too large to show." : "No lines to show."}
          </p>`
        : html`<table class="diff">
            ${rowsOf(file.patch).map((row) => [diffRow(row), ...threadsAt(page, repository, row, comments)])}
          </table>`
    }
  </section>`;
}

interface DiffRow {
  readonly text: string;
  readonly left: number | null;
  readonly right: number | null;
}

// Line numbers of both sides, counted on from each "@@ -a,b +c,d @@".
function rowsOf(patch: string): DiffRow[] {
  let left = 0;
  let right = 0;
  return patch.split("\n").map((text) => {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(text);
    if (hunk) {
      left = Number(hunk[1]);
      right = Number(hunk[2]);
      return { text, left: null, right: null };
    }
    if (text.startsWith("+")) return { text, left: null, right: right++ };
    if (text.startsWith("-")) return { text, left: left++, right: null };
    if (text.startsWith("\\")) return { text, left: null, right: null };
    return { text, left: left++, right: right++ };
  });
}

function diffRow(row: DiffRow): Markup {
  return html`<tr class="${lineKind(row.text)}">
    <td class="number">${row.left}</td>
    <td class="number">${row.right}</td>
    <td class="line">${row.text}</td>
  </tr>`;
}

function threadsAt(page: Page, repository: RepositoryShape, row: DiffRow, comments: LineCommentShape[]): Markup[] {
  return comments
    .filter((comment) => comment.in_reply_to_id === undefined && comment.line !== null)
    .filter((comment) => comment.line === (comment.side === "LEFT" ? row.left : row.right))
    .map(
      (comment) =>
        html`<tr class="inline-thread">
          <td colspan="3">${lineThread(page, repository, comment, comments, false)}</td>
        </tr>`,
    );
}

function reviewForm(page: Page, repository: RepositoryShape, pull: PullShape): Markup {
  const own = page.viewer?.login === pull.user.login;
  const choice = (value: string, text: string, allowed: boolean) =>
    html`<label
      ><input
        type="radio"
        name="event"
        value="${value}"
        ${value === "COMMENT" && html`checked`}
        ${!allowed && html`disabled`}
      />
      ${text}</label
    >`;
  return html`<section class="box">
    <div class="box-head">Review these changes</div>
    <form class="write" method="post" action="/${repository.full_name}/pull/${pull.number}/review">
      <textarea name="body" rows="4" aria-label="Review" placeholder="What do you think?"></textarea>
      <div class="buttons start">
        ${choice("COMMENT", "Comment", true)} ${choice("APPROVE", "Approve", !own)}
        ${choice("REQUEST_CHANGES", "Request changes", !own)}
        <button class="primary">Submit review</button>
      </div>
    </form>
  </section>`;
}
