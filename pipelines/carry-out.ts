/** An agent at work on the files of one commit, for a new pull and for mending one: what it changed is read from the files, not from its answer. */
import type { AgentBackend, AgentOutcome, PublishedWork, WorkReport, WorkTask } from "../src/agents/port.ts";
import { application } from "../src/config/needs.ts";
import type { CodegenConfig } from "../src/config/schema.ts";
import { repoName, type Sha } from "../src/domain/ids.ts";
import { findWeakening, type Weakening } from "../src/domain/test-weakening.ts";
import { UserError } from "../src/errors.ts";
import { setupFailed } from "../src/messages/agent.ts";
import type { Changes } from "../src/workspace/changes.ts";
import type { Mirror } from "../src/workspace/mirror.ts";
import { askAgent, type Assignation } from "./agent-session.ts";
import type { CommandRun } from "./command-run.ts";
import { prepareEnvironment, runSetup, type Environment } from "./environment.ts";
import { readGuidance } from "./guidance.ts";
import { mapFor } from "./locate.ts";
import { missedNetwork } from "./network.ts";
import { applies } from "./validate/decide.ts";
import { inOrder, withNeeds } from "./validate/schedule.ts";
import { executeLogged } from "./log-writer.ts";
import { limitsOf, openRepository, openWorkbench, type Workbench } from "./workbench.ts";

export interface Order extends Omit<Assignation, "agent"> {
  readonly kind: "agent" | "fix";
  /** The files that the agent finds. */
  readonly commit: Sha;
  /** Where the commit is found when the server does not give it by its id. */
  readonly ref?: string;
  readonly task: Omit<WorkTask, "repository" | "guidance" | "commands">;
  /** The set-up may be what is to be mended. */
  readonly setupMayFail?: boolean;
}

/** What came of an agent's work, as data that the journal can keep. */
export interface Work {
  readonly outcome: AgentOutcome<WorkReport> | PublishedWork;
  readonly changes: {
    /** Contents in base64. */
    readonly additions: readonly { readonly path: string; readonly contents: string }[];
    readonly deletions: readonly string[];
    readonly refused: readonly { readonly path: string; readonly reason: string }[];
  };
  /** The repository's own commands, run on the result before anybody sees it. */
  readonly checked: readonly CheckedCommand[];
  readonly weakened: readonly Weakening[];
}

export interface CheckedCommand {
  readonly name: string;
  readonly ok: boolean;
  /** As the sandbox says it. */
  readonly end: string;
  readonly code: number | null;
}

export function hasChanges({ changes }: Work): boolean {
  return changes.additions.length + changes.deletions.length > 0;
}

export async function carryOut(run: CommandRun, agent: AgentBackend, order: Order): Promise<Work> {
  const { deps, thread, admitted, signal } = run;
  const { config, base } = admitted;
  const { bench, failed } = await openPlace(run, agent, order);
  try {
    if (failed !== null && order.setupMayFail !== true) {
      const { command, result, refused } = failed;
      const { end, code: exit, output } = result;
      const text = { command, end, exit, output, ...missedNetwork(result, refused) };
      throw new UserError(setupFailed(text, config.environment.setup_secrets));
    }
    // Rules come from the base commit, also when the work continues on a pull's head.
    const trusted = await openRepository(deps, thread.repo, base.sha, { signal });
    const task: WorkTask = {
      ...order.task,
      repository: repoName(thread.repo),
      guidance: await readGuidance(trusted, base.sha, config),
      map: await mapFor(deps, {
        repo: thread.repo,
        commit: order.commit,
        text: textOf(order.task),
        signal,
        log: run.log,
      }),
      commands: config.validation.commands
        .filter((command) => !command.allow_failure)
        .map(({ name, run: line }) => ({ name, run: line })),
    };
    const outcome = await askAgent(run, { ...order, agent }, (session) => agent.work(task, bench.workspace, session));
    const changes = await bench.changes();
    const changed = [...changes.additions.map(({ path }) => path), ...changes.deletions];
    const local = agent.elsewhere !== true && changed.length > 0;
    return {
      outcome,
      changes: portable(changes),
      checked: local && isResult(outcome) ? await check(run, bench, changed, failed !== null) : [],
      weakened: local ? findWeakening(await beforeAndAfter(bench.mirror, order.commit, changes)) : [],
    };
  } finally {
    await bench.close();
  }
}

/** What the work is about, in the words of whoever wants it. */
function textOf({ issue, plan, instruction, mend }: Order["task"]): string {
  const planned =
    plan === undefined ? [] : [plan.problem, ...plan.files.map(({ path, change }) => `${path}: ${change}`)];
  const failures = mend?.failures.map(({ cause }) => cause) ?? [];
  const asked = mend?.threads.flatMap(({ path, comments }) => [path ?? "", ...comments.map(({ text }) => text)]) ?? [];
  return [issue.title, instruction ?? "", ...planned, issue.body, ...asked, ...failures].join("\n");
}

/** Work that was cut off by its budget is looked at as well: what there is of it is published. */
function isResult(outcome: Work["outcome"]): boolean {
  return outcome.end === "done" || outcome.end === "budget";
}

/** A host without a sandbox, or a set-up that fails, must be told before money is spent on a model. An agent elsewhere needs the files alone. */
async function openPlace(run: CommandRun, agent: AgentBackend, { commit, ref, task }: Order): Promise<Environment> {
  const { deps, thread, signal } = run;
  const { config, base } = run.admitted;
  const place = { repo: thread.repo, commit, ...(ref === undefined ? {} : { ref }), signal };
  if (agent.elsewhere === true) {
    const bench = await openWorkbench(deps, { ...place, runId: run.id, limits: limitsOf(config) });
    return { bench, failed: null, setup: null };
  }
  const environment = await prepareEnvironment(deps, {
    ...place,
    workspace: run.id,
    config,
    base,
    pull: task.target.pull,
    fromFork: false,
    deadline: deadlineOf(config),
    log: { runId: run.id, name: "setup" },
  });
  // The set-up is the repository's; what an agent does is whatever anybody could talk it into.
  await environment.bench.network.close();
  return environment;
}

function deadlineOf({ environment }: CodegenConfig): number {
  return Date.now() + environment.limits.minutes * 60_000;
}

/** What the repository asks of a pull, asked before there is one. The pull's own validation decides; this is told with the result. */
async function check(
  run: CommandRun,
  bench: Workbench,
  changed: readonly string[],
  setupFailedBefore: boolean,
): Promise<readonly CheckedCommand[]> {
  const { config } = run.admitted;
  const deadline = deadlineOf(config);
  if (setupFailedBefore) {
    const log = { runId: run.id, name: "setup" };
    const failed = await runSetup(run.deps, bench, { config, deadline, signal: run.signal, log });
    if (failed !== null) return [{ name: "setup", ok: false, end: "exited", code: null }];
  }
  const checked: CheckedCommand[] = [];
  for (const command of wanted(config, changed)) {
    const timeoutMs = Math.max(1_000, Math.min(command.timeout, deadline - Date.now()));
    const env = { CI: "true", ...(await bench.network.open()), ...command.env };
    const log = { runId: run.id, name: command.name, limit: limitsOf(config).output };
    const line = { run: command.run, timeoutMs, signal: run.signal, env };
    const { end, code } = await executeLogged(run.deps, bench, log, line);
    run.signal.throwIfAborted();
    if (!command.allow_failure) checked.push({ name: command.name, ok: code === 0, end, code });
  }
  return checked;
}

/** Nothing is started here, so what needs the application is left to the pull's own validation. */
function wanted({ validation }: CodegenConfig, changed: readonly string[]) {
  const commands = validation.commands.filter(({ needs }) => !needs.includes(application));
  const applying = commands.filter((command) => applies(command, changed));
  const without = new Set<string>();
  return inOrder(withNeeds(applying, commands)).filter(({ name, needs, secrets }) => {
    // No secret goes where an agent was at work, and nothing runs half-blind.
    if (secrets.length > 0 || needs.some((need) => without.has(need))) without.add(name);
    return !without.has(name);
  });
}

/** More files than these nobody compares by eye either. */
const mostCompared = 200;

async function beforeAndAfter(mirror: Mirror, commit: Sha, { additions, deletions }: Changes) {
  const changed = additions.map(({ path, content }) => ({ path, after: content.toString("utf8") }));
  const removed = deletions.map((path) => ({ path, after: null }));
  const compared = [...changed, ...removed].slice(0, mostCompared);
  const before = await mirror.readBlobs(
    commit,
    compared.map(({ path }) => path),
  );
  return compared.map(({ path, after }) => ({ path, before: before.get(path)?.toString("utf8") ?? null, after }));
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
