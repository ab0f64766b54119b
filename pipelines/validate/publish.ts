import { createHash } from "node:crypto";
import type { ConfigProblem, ConfigProblems } from "../../src/config/port.ts";
import type { CodegenConfig } from "../../src/config/schema.ts";
import type { Sha } from "../../src/domain/ids.ts";
import type { Finding } from "../../src/domain/verdict.ts";
import { concludeCheckRun, ensureCheckRun, listOwnObstacles, startCheckRun } from "../../src/github/check-runs.ts";
import { editComment } from "../../src/github/comments.ts";
import { fixAction, okToTestAction, rerunAction, type CheckAction } from "../../src/messages/check-actions.ts";
import { forkGate, forkLetIn, forkWelcome } from "../../src/messages/forks.ts";
import { outOfQuota } from "../../src/messages/quota.ts";
import { checkWithoutSecrets } from "../../src/messages/secrets.ts";
import type { Message } from "../../src/messages/message.ts";
import * as messages from "../../src/messages/validate.ts";
import { ownConfig, type TriedSetup } from "../../src/messages/own-config.ts";
import { canMend } from "../agent-choice.ts";
import { configPath } from "../base.ts";
import { startFix } from "../fix/start.ts";
import type { StoryEnd } from "../run-context.ts";
import { runPageUrl } from "../run-page.ts";
import { say } from "../say.ts";
import { isSettled, isToMend, type CommandResult, type PartResult } from "./command-result.ts";
import { commandsOf, type AnalysisScope, type Command, type ReadyScope, type Scope } from "./decide.ts";
import type { OwnConfig } from "./own-config.ts";
import type { Validation } from "./run-commands.ts";

/** `codegen / NAME`, as people require it in branch protection. */
export function checkRunName(name: string): string {
  return `codegen / ${name}`;
}

/** By it a check run of a run is found again. */
export function externalId(runId: string, name: string): string {
  return `${runId}:${name}`;
}

/** One check run for each command, queued but for those that begin at once. Returns their ids by the command's name. */
export async function publishOpenChecks(
  run: Validation,
  head: Sha,
  commands: readonly Command[],
  first: readonly Command[],
): Promise<Record<string, number>> {
  const ids: Record<string, number> = {};
  for (const command of commands) {
    const text = first.includes(command)
      ? messages.checkStarted(command.run, head)
      : messages.checkQueued(command.run, command.needs);
    ids[command.name] = await openCheck(run, head, command.name, text, first.includes(command));
  }
  return ids;
}

export async function publishStarted(
  run: Validation,
  head: Sha,
  checkRun: number | undefined,
  command: Command,
): Promise<void> {
  if (checkRun === undefined) throw new Error(`no check run was opened for ${command.name}`);
  const start = { startedAt: run.deps.clock.now(), text: messages.checkStarted(command.run, head) };
  await startCheckRun(run.deps.github, run.writer, run.thread.repo, checkRun, start);
}

export async function publishResult(
  run: Validation,
  scope: ReadyScope,
  checkRun: number | undefined,
  result: CommandResult,
): Promise<void> {
  if (checkRun === undefined) throw new Error("no check run was opened for a command that has a result");
  const { verdict, text } = textOf(run, scope, result);
  await concludeCheckRun(run.deps.github, run.writer, run.thread.repo, checkRun, {
    verdict,
    text,
    findings: result.kind === "ran" ? (result.findings ?? []) : [],
    actions: actionsFor(run, scope, result),
    completedAt: run.deps.clock.now(),
  });
}

function textOf({ thread }: Validation, { config, base }: ReadyScope, result: CommandResult) {
  if (result.kind === "need-failed") return messages.checkNeedFailed(result.need);
  if (result.kind === "no-secrets") return checkWithoutSecrets(result.denied);
  const onto = config.validation.test === "merge_result" ? base : null;
  const repeat = { pull: thread.number, onto, setup: config.environment.setup };
  return result.kind === "ran"
    ? messages.checkFinished(result.outcome, repeat)
    : messages.checkNotRun(result.outcome, repeat);
}

/** What can be done about a check that did not pass. An agent works only where it may push. */
export function actionsFor(
  { deps }: Validation,
  { fromFork, config }: AnalysisScope,
  result: PartResult,
): readonly CheckAction[] {
  if (isSettled(result)) return [];
  return isToMend(result) && !fromFork && canMend(deps, config) ? [fixAction, rerunAction] : [rerunAction];
}

export async function publishSkipped(run: Validation, head: Sha, commands: readonly Command[]): Promise<void> {
  for (const command of commands) {
    const text = messages.checkSkipped(command.when ?? []);
    await closeAtOnce(run, head, command.name, { verdict: "skipped", text });
  }
}

/** Checks that stand for no command: they say why nothing runs. */
const gateName = "validate";
const configName = "config";

/** Takes back what an earlier look at this head put in the way: the gate of a fork, the mistakes of a file that is right by now. */
export async function publishLifted(run: Validation, head: Sha, commands: readonly Command[]): Promise<void> {
  const obstacles = await listOwnObstacles(run.deps.github, run.thread.repo, head);
  for (const name of [gateName, configName]) {
    const isCommand = commands.some((command) => command.name === name);
    if (isCommand || !obstacles.includes(checkRunName(name))) continue;
    const text = messages.checkLifted(run.job.trigger.actor.login);
    await closeAtOnce(run, head, name, { verdict: "success", text });
  }
}

/** A stranger's code waits for a person; that is no failure of theirs, so it is not red. */
export async function publishGate(
  run: Validation,
  { head, author, analysis }: Extract<Scope, { end: "gate" }>,
): Promise<StoryEnd> {
  const isRead = analysis !== null;
  const end = { verdict: "action_required", text: forkGate(isRead), actions: [okToTestAction] } as const;
  await run.step("gate", () => closeAtOnce(run, head, gateName, end));
  await run.step("welcome", () => say(run, forkWelcome(author, head, isRead)));
  return { state: "succeeded", reason: "waits for a maintainer, since it comes from a fork" };
}

/** It waits for its turn, which comes by itself. @returns the check run */
export async function publishOutOfQuota(run: Validation, head: Sha, minutes: number, until: Date): Promise<number> {
  return closeAtOnce(run, head, gateName, { verdict: "action_required", text: outOfQuota(minutes, until) });
}

/** The greeting, where there is one, says that the waiting is over. */
export async function publishLetIn(run: Validation, { head, author }: ReadyScope, by: string): Promise<void> {
  await editComment(run.deps.github, run.writer, run.thread, forkLetIn(author, head, by));
}

/** Says what the pull's own version of the file would do, and that it does nothing here. */
export async function publishOwnConfig(
  run: Validation,
  { head, base, config }: ReadyScope,
  own: OwnConfig,
  tried?: TriedSetup,
): Promise<void> {
  const problems = own.end === "invalid" ? own.problems : [];
  const findings = problems.map((problem) => toFinding(configPath, problem));
  // No command can have that name.
  const name = commandsOf(config).some((command) => command.name === configName) ? configPath : configName;
  const text = own.end === "changed" && tried !== undefined ? { ...own, tried } : own;
  await closeAtOnce(run, head, name, { ...ownConfig(text, configPath, base), findings });
}

export async function publishInvalidConfig(
  run: Validation,
  scope: { head: Sha; path: string } & ConfigProblems,
): Promise<StoryEnd> {
  const findings = scope.problems.map((problem) => toFinding(scope.path, problem));
  const text = messages.configInvalid(scope, scope.path);
  await run.step("config", () => closeAtOnce(run, scope.head, configName, { verdict: "failure", text, findings }));
  return { state: "failed", reason: `${scope.path} is invalid` };
}

export async function publishAnswer(run: Validation, message: Message): Promise<StoryEnd> {
  await run.step("answer", () => say(run, message));
  return { state: "succeeded", reason: "nothing to validate" };
}

/** What follows a finished validation: a failed one of the bot's own commit is mended, and any may be what a merge waits for. */
export async function startNext(run: Validation, scope: ReadyScope, failed: boolean): Promise<void> {
  if (failed && scope.config.agent.max_attempts > 0)
    await startFix(run.deps, run.thread, { id: run.id, head: scope.head });
  await startMerge(run, scope.config);
}

/** Looks at the conditions of a merge, where the file wants that. */
export async function startMerge(run: Validation, config: CodegenConfig): Promise<void> {
  if (!config.merge.auto) return;
  const trigger = { kind: "event", name: "validated", actor: run.job.trigger.actor } as const;
  await run.deps.queue.enqueue("merge", {
    v: 1,
    delivery: `validated-${run.id}`,
    repo: run.thread.repo,
    pull: run.thread.number,
    trigger,
  });
}

export async function openCheck(
  run: Validation,
  head: Sha,
  name: string,
  text: messages.CheckText,
  started: boolean,
): Promise<number> {
  return ensureCheckRun(run.deps.github, run.writer, run.thread.repo, {
    name: checkRunName(name),
    head,
    externalId: externalId(run.id, name),
    startedAt: started ? run.deps.clock.now() : null,
    text,
    detailsUrl: await runPageUrl(run.deps, run.id, name),
  });
}

async function closeAtOnce(
  run: Validation,
  head: Sha,
  name: string,
  end: {
    verdict: "success" | "skipped" | "neutral" | "action_required" | "failure";
    text: messages.CheckText;
    findings?: readonly Finding[];
    actions?: readonly CheckAction[];
  },
): Promise<number> {
  const id = await openCheck(run, head, name, end.text, true);
  await concludeCheckRun(run.deps.github, run.writer, run.thread.repo, id, {
    ...end,
    completedAt: run.deps.clock.now(),
  });
  return id;
}

function toFinding(file: string, problem: ConfigProblem): Finding {
  return {
    rule: "config",
    severity: "failure",
    file,
    startLine: problem.line,
    endLine: problem.line,
    message: problem.message,
    fingerprint: createHash("sha256").update(`${file}:${problem.key}:${problem.message}`).digest("hex"),
  };
}
