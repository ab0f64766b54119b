import { html, type Markup } from "./html.ts";
import { conversation, type Page } from "./layout.ts";
import { nothing, resultSign, time } from "./parts.ts";
import type { AnnotationShape, CheckRunShape, PullShape, RepositoryShape, StatusShape } from "./shapes.ts";

/** Check runs and statuses of a commit, the newest of each name. */
export async function resultsOf(
  page: Page,
  repository: RepositoryShape,
  sha: string,
): Promise<{ runs: CheckRunShape[]; statuses: StatusShape[] }> {
  const root = `/repos/${repository.full_name}/commits/${sha}`;
  const [runs, status] = await Promise.all([
    page.api.list<CheckRunShape>(`${root}/check-runs`, "check_runs"),
    page.api.get<{ statuses: StatusShape[] }>(`${root}/status`),
  ]);
  return { runs: runs.toSorted((a, b) => a.name.localeCompare(b.name)), statuses: status.statuses };
}

/** The checks of a pull's head: the list at the left, one run in full at the right (`?check_run_id=`, else the first that failed). */
export async function checksTab(page: Page, repository: RepositoryShape, pull: PullShape): Promise<Markup> {
  const { runs, statuses } = await resultsOf(page, repository, pull.head.sha);
  if (runs.length + statuses.length === 0) return nothing("No checks have been reported for the last commit.");
  const wanted = Number(page.url.searchParams.get("check_run_id"));
  const bad = ["failure", "action_required", "timed_out", "cancelled"];
  const chosen =
    runs.find((run) => run.id === wanted) ?? runs.find((run) => bad.includes(run.conclusion ?? "")) ?? runs[0];
  return html`<div class="columns narrow-left">
    <aside>
      <ul class="rows">
        ${runs.map((run) => runRow(repository, pull, run, run.id === chosen?.id))} ${statuses.map(statusRow)}
      </ul>
    </aside>
    <div>${chosen && (await runInFull(page, repository, pull, chosen))}</div>
  </div>`;
}

/** One run in a list. */
export function runRow(repository: RepositoryShape, pull: PullShape, run: CheckRunShape, current: boolean): Markup {
  const href = `/${repository.full_name}/pull/${String(pull.number)}/checks?check_run_id=${String(run.id)}`;
  return html`<li class="${current && "current"}">
    ${resultSign(run.status, run.conclusion)}
    <div>
      <a class="strong" href="${href}">${run.name}</a>
      <div class="quiet">
        ${run.output.title ?? run.conclusion?.replaceAll("_", " ") ?? run.status.replaceAll("_", " ")}
      </div>
    </div>
  </li>`;
}

export function statusRow(status: StatusShape): Markup {
  const [state, conclusion] = status.state === "pending" ? ["in_progress", null] : ["completed", status.state];
  return html`<li>
    ${resultSign(state, conclusion)}
    <div>
      <span class="strong">${status.context}</span>
      <div class="quiet">${status.description}</div>
    </div>
  </li>`;
}

async function runInFull(
  page: Page,
  repository: RepositoryShape,
  pull: PullShape,
  run: CheckRunShape,
): Promise<Markup> {
  const path = `/repos/${repository.full_name}/check-runs/${String(run.id)}/annotations`;
  const annotations = run.output.annotations_count > 0 ? await page.api.list<AnnotationShape>(path) : [];
  const text = (body: string | null) =>
    body !== null &&
    body !== "" &&
    html`<div class="markdown">${conversation(page, repository.full_name, body, false)}</div>`;
  return html`<section class="box run" id="run">
    <div class="box-head">
      ${resultSign(run.status, run.conclusion)} <b>${run.name}</b>
      <span class="quiet">${run.app && `by ${run.app.name}`} ${durationOf(run)}</span>
      ${buttons(page, repository, pull, run)}
    </div>
    <div class="padded">
      <h2>${run.output.title ?? (run.conclusion ?? run.status).replaceAll("_", " ")}</h2>
      ${text(run.output.summary)}
      ${
        annotations.length > 0 &&
        html`<h3>Annotations</h3>
          <ul class="rows">
            ${annotations.map(annotationRow)}
          </ul>`
      }
      ${text(run.output.text)}
      <p class="quiet">
        ${run.started_at && html`Started ${time(run.started_at)}. `}${run.completed_at && html`Completed ${time(run.completed_at)}. `}
        ${run.details_url && /^https?:/.test(run.details_url) && html`<a href="${run.details_url}" rel="nofollow">Details</a>`}
      </p>
    </div>
  </section>`;
}

function annotationRow(one: AnnotationShape): Markup {
  const lines =
    one.start_line === one.end_line ? String(one.start_line) : `${String(one.start_line)}–${String(one.end_line)}`;
  return html`<li class="annotation ${one.annotation_level}">
    <div>
      <div><b>${one.title ?? one.annotation_level}</b> <code>${one.path}:${lines}</code></div>
      <pre class="message">${one.message}</pre>
      ${one.raw_details && html`<pre class="message quiet">${one.raw_details}</pre>`}
    </div>
  </li>`;
}

function durationOf(run: CheckRunShape): string {
  if (run.started_at === null || run.completed_at === null) return "";
  const seconds = Math.max(0, Math.round((Date.parse(run.completed_at) - Date.parse(run.started_at)) / 1000));
  return seconds < 60 ? `in ${String(seconds)}s` : `in ${String(Math.floor(seconds / 60))}m ${String(seconds % 60)}s`;
}

// GitHub shows these to people who may write.
function buttons(page: Page, repository: RepositoryShape, pull: PullShape, run: CheckRunShape): Markup | null {
  if (!(repository.permissions?.push ?? false)) return null;
  const actions = page.github.state.checkRuns.find((one) => one.id === run.id)?.actions ?? [];
  const address = `/${repository.full_name}/runs/${String(run.id)}`;
  return html`<form class="end" method="post" action="${address}/action">
    <input type="hidden" name="pull" value="${pull.number}" />
    ${actions.map(
      (action) =>
        html`<button class="small" name="identifier" value="${action.identifier}" title="${action.description}">
          ${action.label}
        </button>`,
    )}
    ${run.status === "completed" && html`<button class="small" formaction="${address}/rerequest">Re-run</button>`}
  </form>`;
}
