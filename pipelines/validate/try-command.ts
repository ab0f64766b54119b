/** One try of one command in one sandbox, and what is known of it afterwards. */
import type { UserError } from "../../src/errors.ts";
import type { Finding } from "../../src/domain/verdict.ts";
import type { SetupRefusals } from "../../src/messages/network.ts";
import { onBase } from "../../src/messages/run-page.ts";
import type { SetupText } from "../../src/messages/setup.ts";
import type { CommandOutcome } from "../../src/messages/validate.ts";
import type { Coverage } from "../../src/reports/coverage/coverage.ts";
import { triedOf, type Tried } from "../../src/reports/tests/flaky-tests.ts";
import type { ExecResult } from "../../src/sandbox/port.ts";
import { withLog, type RunLog } from "../log-writer.ts";
import { missedNetwork } from "../network.ts";
import { readingWithoutSecrets, secretsFor, withoutSecrets } from "../secrets.ts";
import { limitsOf, type Fork, type Workbench } from "../workbench.ts";
import { startApplication } from "./application.ts";
import { isFailed } from "./command-result.ts";
import type { Command, Deploy, ReadyScope } from "./decide.ts";
import type { Follower } from "./follow-checks.ts";
import { toLogReport } from "./log-report.ts";
import { readMatchers } from "./read-matchers.ts";
import { readReport, reportPatterns } from "./read-report.ts";
import { removeReports } from "./report-files.ts";
import type { Validation } from "./run-commands.ts";

export interface Ran {
  readonly outcome: CommandOutcome;
  readonly findings: readonly Finding[];
  /** How the tests came out, each time that it was run. */
  readonly tries: readonly Tried[];
  /** Tests that the runner itself has tried again, and then they passed. */
  readonly retried: readonly string[];
  readonly coverage: Coverage | null;
}

/** What all commands over the files of one commit have in common. */
export interface Tryout {
  readonly run: Validation;
  readonly scope: ReadyScope;
  readonly follow: Follower;
  readonly on: "head" | "base";
  /** The time in ms (`Date.now()`) at which everything is over. */
  readonly deadline: number;
  /** How the set-up was done; null where there is none. */
  readonly setup: SetupText | null;
  /** What the set-up wanted of the network in vain. */
  readonly setupRefused: readonly SetupRefusals[];
}

/** Characters of a log that go into a check run; the whole is longer than GitHub takes. */
const tailLength = 20_000;
const nothingRead = { findings: [], tries: [], retried: [], coverage: null };

/** @throws what the signal of the run was aborted with */
export function tryCommand(tryout: Tryout, command: Command, at: Fork): Promise<Ran> {
  const { run, scope } = tryout;
  const { deps, signal } = run;
  return logged(tryout, command, async (log) => {
    // Without it the files would be those of the commit, which other commands see as well.
    await at.openSandbox();
    const before = await removeReports(reportPatterns(command), at.workspace);
    const timeoutMs = timeFor(tryout, command);
    const env = await environmentOf(tryout, command, at);
    const watch = watchOf(tryout, command, log);
    const line = { run: command.run, timeoutMs, signal, env, onOutput: watch.write };
    const result = withoutSecrets(deps, await at.execute(line).finally(() => watch.end()));
    if (signal.aborted) await log.close(result);
    signal.throwIfAborted();
    const reading = keepingWhatIsRead(readingWithoutSecrets(deps, at), log);
    const matchers = await readMatchers(run, scope, command);
    const { text, findings, tests, coverage } = await readReport(command, result.output, reading, before, matchers);
    await log.close({ ...result, report: toLogReport(text, findings) });
    const network = missedNetwork(result, at.network.takeRefused(), tryout.setupRefused);
    const setup = tryout.setup === null ? {} : { setup: tryout.setup };
    const outcome = { ...outcomeOf(command, result, timeoutMs, scope), ...network, ...setup, report: text };
    return { outcome, findings, tries: [triedOf(!isFailed(outcome), tests)], retried: tests?.flaky ?? [], coverage };
  });
}

/** Starts the application, which then runs until its sandbox ends. */
export function tryDeploy(
  tryout: Tryout,
  command: Command,
  deploy: Deploy,
  at: Fork,
): Promise<Ran & { readonly isOver: () => boolean }> {
  const { run, scope } = tryout;
  const { deps, signal } = run;
  return logged(tryout, command, async (log) => {
    const timeoutMs = timeFor(tryout, command);
    const env = await environmentOf(tryout, command, at);
    const watch = watchOf(tryout, command, log);
    const request = { deploy, env, timeoutMs, signal, onOutput: watch.write, kept: tailLength };
    const started = await startApplication(await at.openSandbox(), request).finally(() => watch.end());
    const { end, code, ms, tail, wait, isOver } = started;
    const result = { end, code, ms, output: deps.redactor.redact(tail) };
    await log.close(result);
    const network = end === "ready" ? {} : missedNetwork(result, at.network.takeRefused(), tryout.setupRefused);
    return { outcome: { ...outcomeOf(command, result, timeoutMs, scope), ...network, wait }, ...nothingRead, isOver };
  });
}

/** How a log on the page of the run is named. */
export function logNameOf({ on }: Pick<Tryout, "on">, name: string): string {
  return on === "head" ? name : onBase(name);
}

function logged<T>(tryout: Tryout, { name, run: line }: Command, work: (log: RunLog) => Promise<T>): Promise<T> {
  const { run, scope } = tryout;
  const { output: limit } = limitsOf(scope.config);
  return withLog(run.deps, { runId: run.id, name: logNameOf(tryout, name), command: line, limit }, work);
}

/** What is printed goes to the page of the run, and its last lines to the check run. */
function watchOf({ follow, on }: Tryout, { name, run }: Command, log: RunLog) {
  const watch = follow.command(name, run, on);
  return {
    write: (piece: string): void => {
      watch.write(piece);
      log.write(piece);
    },
    end: () => watch.end(),
  };
}

/** The reports that are read can be had on the page of the run. */
function keepingWhatIsRead({ workspace }: Pick<Workbench, "workspace">, log: RunLog): Pick<Workbench, "workspace"> {
  const read: typeof workspace.read = async (path, options) => {
    const text = await workspace.read(path, options);
    await log.keepFile(path, text);
    return text;
  };
  return { workspace: { ...workspace, read } };
}

/** Nothing of it ran: what came before has used the time of the whole validation up. */
export function notInTime({ scope }: Tryout, command: Command): Ran {
  const timeoutMs = scope.config.environment.limits.minutes * 60_000;
  const nothing = { end: "out-of-time", code: null, ms: 0, output: "" };
  return { outcome: { ...outcomeOf(command, nothing, timeoutMs, scope), attempts: 0 }, ...nothingRead };
}

/** The host has no room for it, or it cannot be run as it is written. */
export function notStarted({ scope }: Tryout, command: Command, { message }: UserError): Ran {
  const nothing = { end: "not-started", code: null, ms: 0, output: "" };
  return { outcome: { ...outcomeOf(command, nothing, command.timeout, scope), reason: message }, ...nothingRead };
}

async function environmentOf({ run, scope }: Tryout, { env, secrets }: Command, at: Fork) {
  const values = secretsFor(run.deps, run.thread.repo, secrets, scope.withheld);
  return { CI: "true", ...env, ...values, ...(await at.network.open()) };
}

function timeFor({ deadline }: Tryout, { timeout }: Command): number {
  return Math.max(1_000, Math.min(timeout, deadline - Date.now()));
}

export function outcomeOf(
  { name, run }: Pick<Command, "name" | "run">,
  { end, code, ms, output }: Pick<ExecResult, "code" | "ms" | "output"> & { readonly end: string },
  timeoutMs: number,
  { head, config }: ReadyScope,
): CommandOutcome {
  return {
    name,
    run,
    end,
    code,
    ms: Math.round(ms),
    tail: output.slice(-tailLength),
    attempts: 1,
    head,
    timeoutMs,
    memory: config.environment.limits.memory,
  };
}
