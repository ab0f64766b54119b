/** The page of a run as HTML. It can be read without a script; everything that others wrote is text. */
import { repoName, threadName } from "../../../src/domain/ids.ts";
import { logAnchor } from "../../../src/domain/run-link.ts";
import { renderLine } from "../../../src/logs/render-line.ts";
import type { StoredLine } from "../../../src/logs/read-lines.ts";
import type { LogReport, StepRecord } from "../../../src/store/port.ts";
import {
  duration,
  logStanding,
  pageNotes,
  runStanding,
  runTitle,
  stepStanding,
  type Standing,
} from "../../../src/messages/run-page.ts";
import { html, type Markup } from "./html.ts";
import type { PageLog, RunPage } from "./read.ts";

export interface ViewOptions {
  /** GitHub's web side, without a slash at its end. */
  readonly webUrl: string;
  /** `?until=…&key=…` of this page's link. */
  readonly signature: string;
  readonly expiresAt: Date;
  readonly now: Date;
  readonly assets: { readonly style: string; readonly script: string };
  /** How the script learns what is new. */
  readonly follow: "stream" | "poll";
}

export function runPageView(page: RunPage, options: ViewOptions): string {
  const { run, ended, logs } = page;
  const { assets } = options;
  const title = runTitle(run.kind, threadName(run));
  const attempts = attemptsOf(logs);
  const firstBad = logs.find((one) => isNewest(one, logs) && standingOf(one.log, ended).mark === "bad")?.log.id;
  const data = ended ? "" : html` data-follow="${options.follow}" data-seq="${page.seq}"`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${runStanding(run).words} · ${title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="${assets.style}" />
        ${!ended && html`<noscript><meta http-equiv="refresh" content="10" /></noscript>`}
        <script src="${assets.script}" defer></script>
      </head>
      <body data-run="${run.id}" ${data}>
        ${header(page, title, options)}
        <main>
          ${logs.length === 0 && html`<p class="note" data-nothing>${ended ? pageNotes.nothingRan : pageNotes.nothingYet}</p>`}
          ${!ended && html`<noscript><p class="note">${pageNotes.noScript}</p></noscript>`}
          <div data-logs>
            ${logs.map((one) =>
              logView(one, {
                ended,
                options,
                attempt: attempts.get(one.log.id) ?? "",
                isAnchor: isNewest(one, logs),
                isOpen: one.log.id === firstBad || one.log.endedAt === null || logs.length === 1,
                isFirstBad: one.log.id === firstBad,
              }),
            )}
          </div>
          <details class="log" id="steps" ${logs.length === 0 && html`open`}>
            <summary><h2>Steps of the bot</h2></summary>
            <div class="scroll">
              <table>
                <thead>
                  <tr>
                    <th>Step</th>
                    <th>Result</th>
                    <th>Time</th>
                  </tr>
                </thead>
                <tbody data-steps>
                  ${page.steps.map((step) => stepRow(step, ended, options.now))}
                </tbody>
              </table>
            </div>
          </details>
        </main>
        <footer><p>${pageNotes.privacy} ${pageNotes.kept(dateText(options.expiresAt))}</p></footer>
        ${!ended && template}
      </body>
    </html>`.text;
}

function header({ run, ended, logs }: RunPage, title: string, { webUrl, now }: ViewOptions): Markup {
  const repository = `${webUrl}/${repoName(run.repo)}`;
  const standing = runStanding(run);
  const isPull = !["plan", "agent"].includes(run.kind);
  const spent = (ended ? run.updatedAt : now).getTime() - run.createdAt.getTime();
  return html`<header>
    <h1><span class="state" data-state data-mark="${standing.mark}">${standing.words}</span> ${title}</h1>
    <p class="reason" data-reason>${run.reason ?? ""}</p>
    <dl>
      <div>
        <dt>Repository</dt>
        <dd><a href="${repository}">${repoName(run.repo)}</a></dd>
      </div>
      <div>
        <dt>${isPull ? "Pull" : "Issue"}</dt>
        <dd><a href="${repository}/${isPull ? "pull" : "issues"}/${run.number}">#${run.number}</a></dd>
      </div>
      ${
        run.head !== null &&
        html`<div>
          <dt>Commit</dt>
          <dd>
            <a href="${repository}/commit/${run.head}"><code>${run.head.slice(0, 7)}</code></a>
          </dd>
        </div>`
      }
      <div>
        <dt>Asked by</dt>
        <dd>${run.actor}</dd>
      </div>
      <div>
        <dt>Began</dt>
        <dd>${timeText(run.createdAt)}</dd>
      </div>
      <div>
        <dt>Took</dt>
        <dd data-took="${run.createdAt.toISOString()}">${duration(spent)}</dd>
      </div>
    </dl>
    <nav aria-label="Logs" data-nav>
      ${logs.map(({ log }) => {
        const { mark, words } = standingOf(log, ended);
        return html`<a href="#log-${log.id}" data-for="${log.id}" data-mark="${mark}" title="${words}"
          >${log.name}${log.attempt > 1 && ` (${log.attempt})`}</a
        >`;
      })}
    </nav>
  </header>`;
}

interface LogViewOptions {
  readonly ended: boolean;
  readonly options: ViewOptions;
  readonly attempt: string;
  readonly isAnchor: boolean;
  readonly isOpen: boolean;
  readonly isFirstBad: boolean;
}

function logView(one: PageLog, view: LogViewOptions): Markup {
  const { log, lines, report, files } = one;
  const { mark, words } = standingOf(log, view.ended);
  const { signature, now } = view.options;
  const spent = (log.endedAt ?? now).getTime() - log.startedAt.getTime();
  const whole = `/runs/${log.runId}/logs/${log.id}${signature}`;
  return html`<details
    class="log"
    id="log-${log.id}"
    data-log="${log.id}"
    data-mark="${mark}"
    ${view.isOpen && html`open`}
    ${view.isFirstBad && html`data-first-bad`}
  >
    <summary ${view.isAnchor && html`id="${logAnchor(log.name)}"`}>
      <h2>${log.name}</h2>
      <span class="try">${view.attempt}</span>
      <span class="state" data-mark="${mark}">${words}</span>
      <span class="time">${log.endedAt === null && view.ended ? "" : duration(spent)}</span>
    </summary>
    <p class="command"><code>$ ${log.command}</code></p>
    ${report && reportView(report)}
    ${
      files.length > 0 &&
      html`<p>
        Files:
        ${files.map(({ id, path, bytes }, index) => html`${index > 0 && ", "}<a href="/runs/${log.runId}/files/${id}${signature}" download>${path}</a> (${bytesText(bytes)})`)}
      </p>`
    }
    <p class="note"><span data-note>${noteOf(one)}</span> <a data-whole href="${whole}">${pageNotes.whole}</a></p>
    <div class="lines" role="log" aria-live="off" tabindex="0" aria-label="Log of ${log.name}">
      ${(lines ?? []).map((line) => lineView(log.id, line))}
    </div>
  </details>`;
}

function noteOf({ log, lines, whole }: PageLog): string {
  const [first] = lines ?? [];
  if (lines === null) return pageNotes.notShown;
  if (first === undefined) return log.endedAt === null ? "" : pageNotes.noOutput;
  return whole ? "" : pageNotes.earlier(first.number);
}

function lineView(logId: number, { number, text }: StoredLine): Markup {
  const id = `L${logId}-${number}`;
  const pieces = renderLine(text).map(([part, look]) =>
    look === "" ? html`${part}` : html`<span class="${look}">${part}</span>`,
  );
  return html`<div id="${id}">
    <a href="#${id}" data-n="${number}" tabindex="-1" aria-label="Line ${number}"></a><span>${pieces}</span>
  </div>`;
}

function reportView({ tests, found }: LogReport): Markup {
  return html`${tests && html`<p>Tests: ${tests.failed} failed, ${tests.passed} passed, ${tests.skipped} skipped</p>`}${
    found.length > 0 &&
    html`<ul class="found">
      ${found.map(({ name, file, line, message }) => foundView(name, file, line, message))}
    </ul>`
  }`;
}

function foundView(name: string, file: string | null, line: number | null, message: string): Markup {
  const place = file === null ? "" : line === null ? file : `${file}:${line}`;
  const [first = ""] = message.split("\n").filter((text) => text.trim() !== "");
  return html`<li>
    <strong>${name}</strong
    >${place !== "" && html` <code>${place}</code>`}${first !== "" && html`<br />${first.slice(0, 300)}`}
  </li>`;
}

function stepRow(step: StepRecord, ended: boolean, now: Date): Markup {
  const { mark, words } = stepStanding(step.state, ended);
  const spent = stepTime(step, ended, now);
  return html`<tr>
    <td>${step.name}</td>
    <td><span class="state" data-mark="${mark}">${words}</span></td>
    <td>${spent}</td>
  </tr>`;
}

export function stepTime(step: StepRecord, ended: boolean, now: Date): string {
  if (step.finishedAt === null && ended) return "";
  return duration((step.finishedAt ?? now).getTime() - step.startedAt.getTime());
}

export function standingOf(log: PageLog["log"], ended: boolean): Standing {
  return logStanding(log, ended);
}

/** `try 2 of 3` where there are several logs of one name. */
function attemptsOf(logs: readonly PageLog[]): ReadonlyMap<number, string> {
  const counts = Map.groupBy(logs, ({ log }) => log.name);
  return new Map(
    logs.flatMap(({ log }) => {
      const count = counts.get(log.name)?.length ?? 1;
      return count > 1 ? [[log.id, `try ${log.attempt} of ${count}`] as const] : [];
    }),
  );
}

function isNewest({ log }: PageLog, logs: readonly PageLog[]): boolean {
  const same = logs.filter((other) => logAnchor(other.log.name) === logAnchor(log.name));
  return same.at(-1)?.log.id === log.id;
}

function bytesText(bytes: number): string {
  return bytes < 1_024 ? `${bytes} bytes` : `${Math.round(bytes / 1_024)} kB`;
}

function timeText(date: Date): Markup {
  return html`<time datetime="${date.toISOString()}">${date.toISOString().slice(0, 19).replace("T", " ")} UTC</time>`;
}

function dateText(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** For logs that begin while the page is open. */
const template = html`<template id="new-log">
  <details class="log" open>
    <summary>
      <h2></h2>
      <span class="try"></span><span class="state"></span><span class="time"></span>
    </summary>
    <p class="command"><code></code></p>
    <p class="note"><span data-note></span> <a data-whole>${pageNotes.whole}</a></p>
    <div class="lines" role="log" aria-live="off" tabindex="0"></div>
  </details>
</template>`;
