import { html, type Markup } from "./html.ts";
import type { Page } from "./layout.ts";
import { person, resultSign } from "./parts.ts";
import { resultsOf, runRow, statusRow } from "./pull-checks.ts";
import type { PullShape, RepositoryShape } from "./shapes.ts";

/** The box below a pull's conversation: checks, whether it can be merged, and the buttons for people who may. */
export async function mergeBox(page: Page, repository: RepositoryShape, pull: PullShape): Promise<Markup> {
  // The conversation tells of the merge.
  if (pull.merged) return html``;
  if (pull.state === "closed") {
    return html`<section class="box merge">
      <div class="padded"><b>Closed</b> with unmerged commits.</div>
    </section>`;
  }
  const { runs, statuses } = await resultsOf(page, repository, pull.head.sha);
  const [sign, sentence] = mergeability(pull);
  return html`<section class="box merge">
    ${
      runs.length + statuses.length > 0 &&
      html`<ul class="rows plain">
        ${runs.map((run) => runRow(repository, pull, run, false))} ${statuses.map(statusRow)}
      </ul>`
    }
    <div class="padded state-line">${resultSign("completed", sign)} <span>${sentence}</span></div>
    ${
      pull.auto_merge &&
      html`<div class="padded">
        <b>Auto-merge is on</b> (${pull.auto_merge.merge_method}), enabled by ${person(pull.auto_merge.enabled_by)}.
      </div>`
    }
    ${(repository.permissions?.push ?? false) && buttons(repository, pull, sign === "success" || pull.mergeable_state === "unstable")}
  </section>`;
}

function mergeability(pull: PullShape): [string, string] {
  if (pull.draft) return ["neutral", "This pull request is still a draft."];
  switch (pull.mergeable_state) {
    case "clean":
    case "has_hooks":
      return ["success", "No conflicts, nothing missing: this can be merged."];
    case "dirty":
      return ["failure", "This branch has conflicts with the base branch."];
    case "behind":
      return ["action_required", "This branch is behind the base branch, which protection does not allow."];
    case "unstable":
      return ["neutral", "No conflicts, but not all checks have passed."];
    case "blocked":
      return ["action_required", "Merging is blocked: something that branch protection requires is missing."];
    default:
      return ["neutral", "Whether this can be merged is not known yet. Load the page again."];
  }
}

function buttons(repository: RepositoryShape, pull: PullShape, ready: boolean): Markup {
  const address = `/${repository.full_name}/pull/${String(pull.number)}`;
  const methods = [
    ["merge", "Create a merge commit", repository.allow_merge_commit ?? true],
    ["squash", "Squash and merge", repository.allow_squash_merge ?? true],
    ["rebase", "Rebase and merge", repository.allow_rebase_merge ?? true],
  ] as const;
  return html`<form class="padded buttons start" method="post" action="${address}/merge">
    <input type="hidden" name="sha" value="${pull.head.sha}" />
    <select name="method" aria-label="Merge method">
      ${methods.filter(([, , allowed]) => allowed).map(([value, text]) => html`<option value="${value}">${text}</option>`)}
    </select>
    <button class="primary" ${!ready && html`disabled`}>Merge pull request</button>
    ${pull.draft && html`<button formaction="${address}/ready">Ready for review</button>`}
    ${pull.mergeable_state === "behind" && html`<button formaction="${address}/update">Update branch</button>`}
    ${
      !pull.draft &&
      (repository.allow_auto_merge ?? false) &&
      (pull.auto_merge
        ? html`<button formaction="${address}/auto-merge-off">Disable auto-merge</button>`
        : !ready && html`<button formaction="${address}/auto-merge-on">Enable auto-merge</button>`)
    }
  </form>`;
}
