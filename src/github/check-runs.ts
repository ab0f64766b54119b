import type { RepoRef, Sha } from "../domain/ids.ts";
import type { Finding, Verdict } from "../domain/verdict.ts";
import { shorten } from "../messages/balance.ts";
import type { GitHubApp, RepoApi } from "./client.ts";
import { isNotFound } from "./failures.ts";
import type { Writer } from "./writer.ts";

export interface CheckRunText {
  readonly title: string;
  readonly summary: string;
  readonly text?: string;
}

export interface OpenCheckRun {
  readonly id: number;
  readonly name: string;
  readonly externalId: string;
  readonly head: Sha;
  readonly startedAt: string;
}

/** GitHub's caps: 65,535 characters in summary and text, 50 annotations in one request. */
const maxText = 65_000;
const maxAnnotations = 50;

/** One check run per external id on a head: found, or made `in_progress`, without a start `queued`. */
export async function ensureCheckRun(
  app: GitHubApp,
  writer: Writer,
  repo: RepoRef,
  wanted: {
    name: string;
    head: Sha;
    externalId: string;
    startedAt: Date | null;
    text: CheckRunText;
    /** Where "Details" leads; absent: to the App's own page. */
    detailsUrl?: string;
  },
): Promise<number> {
  const api = app.in(repo, { checks: "write" });
  return writer.ensure(
    `check run ${wanted.name}`,
    async () => {
      const runs = await api.octokit.paginate("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", {
        ...api.at,
        ref: wanted.head,
        check_name: wanted.name,
        app_id: app.appId,
        filter: "all",
        per_page: 100,
      });
      const found = runs.find((run) => run.external_id === wanted.externalId);
      return found?.id ?? null;
    },
    async () => {
      const { data } = await api.write("POST /repos/{owner}/{repo}/check-runs", {
        ...api.at,
        name: wanted.name,
        head_sha: wanted.head,
        external_id: wanted.externalId,
        ...(wanted.detailsUrl === undefined ? {} : { details_url: wanted.detailsUrl }),
        ...(wanted.startedAt === null ? { status: "queued" as const } : startOf(wanted.startedAt)),
        output: output(app, wanted.text),
      });
      return Number(data.id);
    },
  );
}

/** Shows a queued check run as `in_progress`. */
export async function startCheckRun(
  app: GitHubApp,
  writer: Writer,
  repo: RepoRef,
  id: number,
  { startedAt, text }: { startedAt: Date; text: CheckRunText },
): Promise<void> {
  const api = app.in(repo, { checks: "write" });
  await writer.put(`check run ${id}`, () =>
    api.write("PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}", {
      ...api.at,
      check_run_id: id,
      ...startOf(startedAt),
      output: output(app, text),
    }),
  );
}

/** Shows another text in a check run that is at work. */
export async function showCheckRun(
  app: GitHubApp,
  writer: Writer,
  repo: RepoRef,
  id: number,
  text: CheckRunText,
): Promise<void> {
  const api = app.in(repo, { checks: "write" });
  await writer.put(`check run ${id}`, () =>
    api.write("PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}", {
      ...api.at,
      check_run_id: id,
      output: output(app, text),
    }),
  );
}

function startOf(at: Date) {
  return { status: "in_progress", started_at: at.toISOString() } as const;
}

/** Closes a check run with its verdict. Findings beyond 50 go in further requests, since each takes 50 at most; each is sent once, also when this is tried again. */
export async function concludeCheckRun(
  app: GitHubApp,
  writer: Writer,
  repo: RepoRef,
  id: number,
  wanted: {
    verdict: Verdict;
    completedAt: Date;
    text: CheckRunText;
    findings?: readonly Finding[];
    actions?: readonly CheckRunAction[];
  },
): Promise<void> {
  const api = app.in(repo, { checks: "write" });
  const all = wanted.findings ?? [];
  const findings = all.length === 0 ? [] : all.slice(await countAnnotations(app, repo, id));
  const batches = Math.max(1, Math.ceil(findings.length / maxAnnotations));
  for (let batch = 0; batch < batches; batch += 1) {
    const annotations = findings
      .slice(batch * maxAnnotations, (batch + 1) * maxAnnotations)
      .map((finding) => toAnnotation(app, finding));
    const last = batch === batches - 1;
    await writer.put(`check run ${id}`, () =>
      api.write("PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}", {
        ...api.at,
        check_run_id: id,
        ...(last
          ? {
              status: "completed" as const,
              conclusion: wanted.verdict,
              completed_at: wanted.completedAt.toISOString(),
              actions: [...(wanted.actions ?? [])],
            }
          : {}),
        output: { ...output(app, wanted.text), ...(annotations.length > 0 ? { annotations } : {}) },
      }),
    );
  }
}

/** GitHub adds to what is there, so what an earlier try has sent must not be sent again. */
async function countAnnotations(app: GitHubApp, repo: RepoRef, id: number): Promise<number> {
  const api = app.in(repo, { checks: "read" });
  const { data } = await api.read("GET /repos/{owner}/{repo}/check-runs/{check_run_id}", {
    ...api.at,
    check_run_id: id,
  });
  return data.output.annotations_count;
}

/** A button under a check run. GitHub's limits: label 20, description 40, identifier 20 characters. */
export interface CheckRunAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

/** The name of a check run; null when it is gone. */
export async function getCheckRunName(app: GitHubApp, repo: RepoRef, id: number): Promise<string | null> {
  const api = app.in(repo, { checks: "read" });
  try {
    const { data } = await api.read("GET /repos/{owner}/{repo}/check-runs/{check_run_id}", {
      ...api.at,
      check_run_id: id,
    });
    return data.name;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** This App's check runs on a commit that are not completed. */
export async function listOpenCheckRuns(app: GitHubApp, repo: RepoRef, head: Sha): Promise<readonly OpenCheckRun[]> {
  const runs = await listOwn(app, repo, head, "all");
  return runs
    .filter((run) => run.status !== "completed")
    .map((run) => ({
      id: run.id,
      name: run.name,
      externalId: run.external_id ?? "",
      head,
      startedAt: run.started_at ?? "",
    }));
}

/** Names of this App's checks on a commit whose newest run is completed and in the way of a merge. */
export async function listOwnObstacles(app: GitHubApp, repo: RepoRef, head: Sha): Promise<readonly string[]> {
  const runs = await listOwn(app, repo, head, "latest");
  const harmless: readonly (string | null)[] = ["success", "neutral", "skipped"];
  return runs.filter((run) => run.status === "completed" && !harmless.includes(run.conclusion)).map((run) => run.name);
}

function listOwn(app: GitHubApp, repo: RepoRef, head: Sha, filter: "all" | "latest") {
  const { octokit, at } = app.in(repo, { checks: "read" });
  return octokit.paginate("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", {
    ...at,
    ref: head,
    app_id: app.appId,
    filter,
    per_page: 100,
  });
}

export interface CheckState {
  readonly name: string;
  readonly appId: number | null;
  /** `queued` or `in_progress` while it runs, then its conclusion. */
  readonly state: string;
}

/** The latest check run of each name and app on a commit, and the commit's statuses, from whoever made them. */
export async function listChecks(app: GitHubApp, repo: RepoRef, head: Sha): Promise<readonly CheckState[]> {
  const api = app.in(repo, { checks: "read", statuses: "read", contents: "read" });
  const [runs, combined] = await Promise.all([
    api.octokit.paginate("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", {
      ...api.at,
      ref: head,
      filter: "latest",
      per_page: 100,
    }),
    api.read("GET /repos/{owner}/{repo}/commits/{ref}/status", { ...api.at, ref: head, per_page: 100 }),
  ]);
  return [
    ...runs.map((run) => ({
      name: run.name,
      appId: run.app?.id ?? null,
      state: run.status === "completed" ? (run.conclusion ?? "neutral") : run.status,
    })),
    ...combined.data.statuses.map((status) => ({
      name: status.context,
      appId: null,
      state: status.state === "error" ? "failure" : status.state,
    })),
  ];
}

export interface FailedCheck {
  readonly name: string;
  /** null for a commit status, which says no App. */
  readonly appId: number | null;
  /** `failure`, `timed_out` or `startup_failure`. */
  readonly conclusion: string;
  readonly title: string | null;
  /** What its author wrote about it, in Markdown. */
  readonly summary: string | null;
  /** The first 50 places that it names. Lines are 1-based. */
  readonly annotations: readonly { readonly path: string; readonly line: number; readonly message: string }[];
}

const failing: readonly (string | null)[] = ["failure", "timed_out", "startup_failure"];

/** What failed on a commit: the latest check runs of all Apps and the commit's statuses, with what they say about it. */
export async function listFailedChecks(app: GitHubApp, repo: RepoRef, head: Sha): Promise<readonly FailedCheck[]> {
  const api = app.in(repo, { checks: "read", statuses: "read", contents: "read" });
  const [runs, combined] = await Promise.all([
    api.octokit.paginate("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", {
      ...api.at,
      ref: head,
      filter: "latest",
      per_page: 100,
    }),
    api.read("GET /repos/{owner}/{repo}/commits/{ref}/status", { ...api.at, ref: head, per_page: 100 }),
  ]);
  const found: FailedCheck[] = [];
  for (const run of runs.filter(({ status, conclusion }) => status === "completed" && failing.includes(conclusion))) {
    found.push({
      name: run.name,
      appId: run.app?.id ?? null,
      conclusion: run.conclusion ?? "failure",
      title: run.output.title,
      summary: run.output.summary,
      annotations: run.output.annotations_count > 0 ? await annotationsOf(api, run.id) : [],
    });
  }
  const statuses = combined.data.statuses.filter(({ state }) => state === "failure" || state === "error");
  for (const { context, description } of statuses)
    found.push({
      name: context,
      appId: null,
      conclusion: "failure",
      title: description,
      summary: null,
      annotations: [],
    });
  return found;
}

async function annotationsOf(api: RepoApi, run: number): Promise<FailedCheck["annotations"]> {
  const { data } = await api.read("GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations", {
    ...api.at,
    check_run_id: run,
    per_page: maxAnnotations,
  });
  return data.map(({ path, start_line: line, message }) => ({ path, line, message: message ?? "" }));
}

function output(app: GitHubApp, text: CheckRunText) {
  return {
    title: shorten(app.redact(text.title), 250),
    summary: shorten(app.redact(text.summary), maxText),
    ...(text.text === undefined ? {} : { text: shorten(app.redact(text.text), maxText) }),
  };
}

function toAnnotation(app: GitHubApp, finding: Finding) {
  return {
    path: finding.file,
    start_line: finding.startLine,
    end_line: finding.endLine,
    annotation_level: finding.severity,
    message: shorten(app.redact(finding.message), 60_000),
    title: shorten(app.redact(finding.rule), 250),
  };
}
