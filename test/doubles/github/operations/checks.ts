import type { Actor } from "../auth.ts";
import { requireAccount } from "../rest/access.ts";
import { HttpProblem } from "../rest/problem.ts";
import type { App } from "../state/apps.ts";
import type { Annotation, CheckAction, CheckConclusion, CheckRun, CheckStatus, CheckSuite } from "../state/checks.ts";
import type { GitHub } from "../state/github.ts";
import type { Repository } from "../state/repositories.ts";
import { emitCheckRun } from "../webhooks/payloads/check.ts";
import { tryAutoMergeOf } from "./auto-merge.ts";
import { ensureSuite, settleSuite } from "./check-suites.ts";

export interface CheckRunChange {
  name?: string;
  detailsUrl?: string;
  externalId?: string;
  status?: CheckStatus;
  conclusion?: CheckConclusion;
  startedAt?: string;
  completedAt?: string;
  output?: { title?: string; summary?: string; text?: string; annotations?: Annotation[] };
  actions?: CheckAction[];
}

/** Limits of the Checks API. */
const MAX_ANNOTATIONS = 50;
const MAX_ACTIONS = 3;
const MAX_TEXT = 65_535;

/** The app that acts. Checks can be written by apps only: throws 403 for people. */
export function requireApp(actor: Actor): App {
  if (actor.kind !== "installation") throw new HttpProblem(403, "You must authenticate via a GitHub App.");
  return actor.app;
}

/**
 * Makes a check run, in the app's suite for that commit. It is not idempotent: the same name may be there many times.
 * Throws 422 when the commit is unknown or a limit is passed.
 */
export async function createCheckRun(
  github: GitHub,
  actor: Actor,
  repository: Repository,
  input: CheckRunChange & { name: string; headSha: string },
): Promise<CheckRun> {
  const app = requireApp(actor);
  checkLimits(input);
  if ((await github.git(repository).objectType(input.headSha)) !== "commit")
    throw new HttpProblem(422, `No commit found for SHA: ${input.headSha}`);
  const { suite } = ensureSuite(github, repository, {
    appId: app.id,
    headSha: input.headSha,
    headBranch: await branchAt(github, repository, input.headSha),
  });
  const run: CheckRun = {
    id: github.nextId(),
    repoId: repository.id,
    suiteId: suite.id,
    appId: app.id,
    name: input.name,
    headSha: input.headSha,
    externalId: null,
    detailsUrl: null,
    status: "queued",
    conclusion: null,
    startedAt: github.timestamp(),
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
    actions: [],
  };
  github.state.checkRuns.push(run);
  apply(github, run, input);
  await emitCheckRun(github, actor, "created", run);
  await settle(github, actor, suite, run, false);
  return run;
}

/**
 * Changes a check run. `conclusion` completes it; annotations are added to those that are there.
 * Throws 403 unless the app made the run, 422 when a limit is passed.
 */
export async function updateCheckRun(
  github: GitHub,
  actor: Actor,
  run: CheckRun,
  change: CheckRunChange,
): Promise<CheckRun> {
  const app = requireApp(actor);
  if (run.appId !== app.id)
    throw new HttpProblem(
      403,
      `Invalid app_id \`${app.id}\` - check run can only be modified by the GitHub App that created it.`,
    );
  checkLimits(change);
  const wasDone = run.status === "completed";
  apply(github, run, change);
  await settle(github, actor, suiteOf(github, run), run, wasDone);
  return run;
}

/** A person asks for one run again: its suite is queued, the run itself stays as it is until the app makes a new one. */
export async function rerequestCheckRun(github: GitHub, actor: Actor, run: CheckRun): Promise<void> {
  requireAccount(github, actor);
  if (run.status !== "completed") throw new HttpProblem(422, "This check run is not rerequestable");
  const suite = suiteOf(github, run);
  suite.status = "queued";
  suite.conclusion = null;
  suite.updatedAt = github.timestamp();
  await emitCheckRun(github, actor, "rerequested", run);
}

/** A person presses one of the run's buttons. Throws 404 when it has no such action. */
export async function requestAction(github: GitHub, actor: Actor, run: CheckRun, identifier: string): Promise<void> {
  if (!run.actions.some((action) => action.identifier === identifier)) throw new HttpProblem(404, "Not Found");
  await emitCheckRun(github, actor, "requested_action", run, { requested_action: { identifier } });
}

export function suiteOf(github: GitHub, run: CheckRun): CheckSuite {
  const suite = github.state.checkSuites.find((one) => one.id === run.suiteId);
  if (!suite) throw new Error(`no check suite ${run.suiteId} in the state of the local GitHub`);
  return suite;
}

async function settle(github: GitHub, actor: Actor, suite: CheckSuite, run: CheckRun, wasDone: boolean): Promise<void> {
  if (run.status === "completed" && !wasDone) await emitCheckRun(github, actor, "completed", run);
  await settleSuite(github, suite);
  await tryAutoMergeOf(github, run.repoId, run.headSha);
}

function apply(github: GitHub, run: CheckRun, change: CheckRunChange): void {
  run.name = change.name ?? run.name;
  run.detailsUrl = change.detailsUrl ?? run.detailsUrl;
  run.externalId = change.externalId ?? run.externalId;
  run.startedAt = change.startedAt ?? run.startedAt;
  run.title = change.output?.title ?? run.title;
  run.summary = change.output?.summary ?? run.summary;
  run.text = change.output?.text ?? run.text;
  run.annotations.push(...(change.output?.annotations ?? []));
  run.actions = change.actions ?? run.actions;
  const status = change.conclusion !== undefined || change.completedAt !== undefined ? "completed" : change.status;
  if (status === undefined) return;
  if (status === "completed") {
    run.conclusion = change.conclusion ?? run.conclusion;
    run.completedAt = change.completedAt ?? run.completedAt ?? github.timestamp();
  } else {
    run.conclusion = null;
    run.completedAt = null;
  }
  run.status = status;
}

function checkLimits(change: CheckRunChange): void {
  const tooMany = (limit: number, given: number) =>
    new HttpProblem(422, `Invalid request.\n\nNo more than ${limit} items are allowed; ${given} were supplied.`);
  const annotations = change.output?.annotations?.length ?? 0;
  if (annotations > MAX_ANNOTATIONS) throw tooMany(MAX_ANNOTATIONS, annotations);
  const actions = change.actions?.length ?? 0;
  if (actions > MAX_ACTIONS) throw tooMany(MAX_ACTIONS, actions);
  for (const text of [change.output?.summary, change.output?.text])
    if (text !== undefined && text.length > MAX_TEXT)
      throw new HttpProblem(
        422,
        `Invalid request.\n\nOnly ${MAX_TEXT} characters are allowed; ${text.length} were supplied.`,
      );
  const completes = change.status === "completed" || change.completedAt !== undefined;
  if (completes && change.conclusion === undefined)
    throw new HttpProblem(422, 'Invalid request.\n\n"conclusion" wasn\'t supplied.');
}

async function branchAt(github: GitHub, repository: Repository, sha: string): Promise<string | null> {
  const heads = await github.git(repository).refs("refs/heads");
  return heads.find((ref) => ref.sha === sha)?.name.slice("refs/heads/".length) ?? null;
}
