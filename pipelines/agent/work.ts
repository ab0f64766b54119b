import type { AgentBackend, AgentOutcome, PublishedWork, WorkReport } from "../../src/agents/port.ts";
import { repoName } from "../../src/domain/ids.ts";
import { UserError } from "../../src/errors.ts";
import * as messages from "../../src/messages/agent.ts";
import type { Changes } from "../../src/workspace/changes.ts";
import type { CommandRun } from "../command-run.ts";
import { readGuidance } from "../guidance.ts";
import { sessionOf } from "../agent-session.ts";
import { park } from "../park.ts";
import { keepUsage } from "../usage.ts";
import { limitsOf, openWorkbench, type Workbench } from "../workbench.ts";
import type { Assignment } from "./decide.ts";
import type { Target } from "./read.ts";

/** What came of an agent's work, as data that the journal can keep. */
export interface Work {
  readonly outcome: AgentOutcome<WorkReport> | PublishedWork;
  readonly changes: {
    /** Contents in base64. */
    readonly additions: readonly { readonly path: string; readonly contents: string }[];
    readonly deletions: readonly string[];
    readonly refused: readonly { readonly path: string; readonly reason: string }[];
  };
}

type Assigned = Extract<Assignment, { end: "assigned" }>;

/** Lets the agent work on the files of one commit; what it changed is read from the files, not from its answer. */
export async function doWork(
  run: CommandRun,
  backend: AgentBackend,
  assignment: Assigned,
  target: Target,
): Promise<Work> {
  const { deps, thread, admitted, signal } = run;
  const { config, base, request } = admitted;
  const bench = await openWorkbench(deps, {
    runId: run.id,
    repo: thread.repo,
    commit: target.commit,
    limits: limitsOf(config),
    signal,
  });
  try {
    if (backend.elsewhere !== true) await prepare(run, bench);
    const outcome = await backend.work(
      {
        repository: repoName(thread.repo),
        issue: { number: thread.number, title: request.thread.title, body: request.thread.body },
        ...(assignment.plan === null ? {} : { plan: assignment.plan }),
        ...(assignment.instruction === null ? {} : { instruction: assignment.instruction }),
        guidance: await guidanceAt(run, bench.mirror, base.sha),
        commands: config.validation.commands.map(({ name, run: line }) => ({ name, run: line })),
        target: { branch: target.branch, base: target.baseBranch, pull: target.pull?.number ?? null },
      },
      bench.workspace,
      sessionOf(run, "agent"),
    );
    signal.throwIfAborted();
    await keepUsage(run, "work", backend.name, outcome.usage);
    if (outcome.end === "unavailable" && outcome.passing) await park(run, outcome.reason, messages.agentParked);
    return { outcome, changes: portable(await bench.changes()) };
  } finally {
    await bench.close();
  }
}

/** A host without a sandbox, or a set-up that fails, must be told before money is spent on a model. */
async function prepare({ admitted, signal }: CommandRun, bench: Workbench): Promise<void> {
  const { setup, limits } = admitted.config.environment;
  await bench.openSandbox();
  for (const command of setup) {
    const { end, code, output } = await bench.execute({ run: command, timeoutMs: limits.minutes * 60_000, signal });
    signal.throwIfAborted();
    if (code !== 0) throw new UserError(messages.setupFailed(command, end, code, output));
  }
}

/** Rules come from the base commit, also when the work continues on a pull's head. */
async function guidanceAt(
  run: CommandRun,
  mirror: Parameters<typeof readGuidance>[0],
  base: CommandRun["admitted"]["base"]["sha"],
) {
  const { deps, thread, signal } = run;
  await mirror.ensureCommit({
    url: deps.github.cloneUrl(thread.repo),
    token: await deps.github.gitToken(thread.repo),
    sha: base,
    signal,
  });
  return readGuidance(mirror, base, run.admitted.config);
}

/** GitHub's commit API sets no file modes, and workflow files need a permission that the App does not ask for: both are said, not hidden. */
function portable(changes: Changes): Work["changes"] {
  const workflow = (path: string) => path.startsWith(".github/workflows/");
  const modes = [...changes.modeChanges, ...changes.additions].filter((file) => file.executable);
  return {
    additions: changes.additions
      .filter(({ path }) => !workflow(path))
      .map(({ path, content }) => ({ path, contents: content.toString("base64") })),
    deletions: changes.deletions.filter((path) => !workflow(path)),
    refused: [
      ...changes.refused,
      ...[...changes.additions.map((file) => file.path), ...changes.deletions]
        .filter(workflow)
        .map((path) => ({ path, reason: "this App may not change workflow files" })),
      ...modes.map(({ path }) => ({
        path,
        reason: "its executable bit cannot be set through GitHub's API, please set it by hand",
      })),
    ],
  };
}
