import type { Actor } from "../auth.ts";
import { allows } from "../permissions.ts";
import { requireAccount } from "../rest/access.ts";
import { accountById } from "../state/accounts.ts";
import { appById, installationCovers } from "../state/apps.ts";
import { latestRuns, type CheckConclusion, type CheckSuite } from "../state/checks.ts";
import type { GitHub } from "../state/github.ts";
import type { Repository } from "../state/repositories.ts";
import { emitCheckSuite } from "../webhooks/payloads/check.ts";

/** The suite of an app for a commit; made when there is none. `created` tells which. */
export function ensureSuite(
  github: GitHub,
  repository: Repository,
  input: { appId: number; headSha: string; headBranch: string | null; before?: string | null },
): { suite: CheckSuite; created: boolean } {
  const { appId, headSha } = input;
  const before = github.state.checkSuites.find(
    (suite) => suite.repoId === repository.id && suite.appId === appId && suite.headSha === headSha,
  );
  if (before) return { suite: before, created: false };
  const now = github.timestamp();
  const suite: CheckSuite = {
    id: github.nextId(),
    repoId: repository.id,
    appId,
    headBranch: input.headBranch,
    headSha,
    before: input.before ?? null,
    after: headSha,
    status: "queued",
    conclusion: null,
    createdAt: now,
    updatedAt: now,
  };
  github.state.checkSuites.push(suite);
  return { suite, created: true };
}

/** After a push: one suite for every installed app that may write checks, and `check_suite.requested` to it. */
export async function requestSuites(
  github: GitHub,
  actor: Actor,
  repository: Repository,
  push: { branch: string; before: string | null; after: string },
): Promise<void> {
  const headSha = push.after;
  for (const installation of github.state.installations) {
    const mayCheck = allows(installation.permissions["checks"], "write");
    if (!mayCheck || installation.suspendedAt !== null || !installationCovers(installation, repository)) continue;
    const { suite, created } = ensureSuite(github, repository, {
      appId: installation.appId,
      headSha,
      headBranch: push.branch,
      before: push.before,
    });
    if (created) await emitCheckSuite(github, actor, "requested", suite);
  }
}

/** Asks the app to check the commit anew: its suite is queued again. */
export async function rerequestSuite(github: GitHub, actor: Actor, suite: CheckSuite): Promise<void> {
  requireAccount(github, actor);
  suite.status = "queued";
  suite.conclusion = null;
  suite.updatedAt = github.timestamp();
  await emitCheckSuite(github, actor, "rerequested", suite);
}

const worstFirst: CheckConclusion[] = [
  "failure",
  "timed_out",
  "action_required",
  "cancelled",
  "stale",
  "success",
  "neutral",
  "skipped",
];

/** Brings a suite's state in line with its runs; `check_suite.completed` when the last of them is done. */
export async function settleSuite(github: GitHub, suite: CheckSuite): Promise<void> {
  const runs = latestRuns(github.state.checkRuns.filter((run) => run.suiteId === suite.id));
  const isDone = runs.length > 0 && runs.every((run) => run.status === "completed");
  const wasDone = suite.status === "completed";
  suite.status = isDone ? "completed" : runs.some((run) => run.status !== "queued") ? "in_progress" : "queued";
  suite.conclusion = isDone ? (worstFirst.find((one) => runs.some((run) => run.conclusion === one)) ?? null) : null;
  suite.updatedAt = github.timestamp();
  if (!isDone || wasDone) return;
  const bot = accountById(github.state, appById(github.state, suite.appId).botId);
  await emitCheckSuite(github, { kind: "user", user: bot }, "completed", suite);
}
