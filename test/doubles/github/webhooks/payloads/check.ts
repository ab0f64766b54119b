import type { Actor } from "../../auth.ts";
import { requireAccount } from "../../rest/access.ts";
import { serializeCheckRun, serializeCheckSuite } from "../../serialize/check.ts";
import type { CheckRun, CheckSuite } from "../../state/checks.ts";
import type { GitHub } from "../../state/github.ts";
import { repositoryById } from "../../state/repositories.ts";

export type CheckRunAction = "created" | "completed" | "rerequested" | "requested_action";

/** `check_run.ACTION`. What a person asks for goes to the app that made the run, and to no other. */
export async function emitCheckRun(
  github: GitHub,
  actor: Actor,
  action: CheckRunAction,
  run: CheckRun,
  extra: Record<string, unknown> = {},
): Promise<void> {
  const suite = github.state.checkSuites.find((one) => one.id === run.suiteId);
  const shown = serializeCheckRun(github, run);
  github.emit({
    event: "check_run",
    action,
    repository: repositoryById(github.state, run.repoId),
    sender: requireAccount(github, actor),
    payload: {
      check_run: { ...shown, check_suite: suite ? await suiteOfRun(github, suite) : shown.check_suite },
      ...extra,
    },
    ...((action === "rerequested" || action === "requested_action") && { onlyApp: run.appId }),
  });
}

async function suiteOfRun(github: GitHub, suite: CheckSuite) {
  const {
    id,
    node_id,
    head_branch,
    head_sha,
    status,
    conclusion,
    url,
    before,
    after,
    pull_requests,
    app,
    created_at,
    updated_at,
  } = await serializeCheckSuite(github, suite);
  return {
    id,
    node_id,
    head_branch,
    head_sha,
    status,
    conclusion,
    url,
    before,
    after,
    pull_requests,
    app,
    created_at,
    updated_at,
  };
}

/** `check_suite.ACTION`. Requests go to the app that the suite belongs to; that a suite is done, everybody hears who listens. */
export async function emitCheckSuite(
  github: GitHub,
  actor: Actor,
  action: "completed" | "requested" | "rerequested",
  suite: CheckSuite,
): Promise<void> {
  const { repository: _, ...shown } = await serializeCheckSuite(github, suite);
  github.emit({
    event: "check_suite",
    action,
    repository: repositoryById(github.state, suite.repoId),
    sender: requireAccount(github, actor),
    payload: { check_suite: shown },
    ...(action !== "completed" && { onlyApp: suite.appId }),
  });
}
