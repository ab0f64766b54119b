/** The files of one commit with the set-up done, and commands that are run over them, each after those that it needs. */
import type { Finding } from "../../src/domain/verdict.ts";
import type { ReportText } from "../../src/messages/report.ts";
import { onBase } from "../../src/messages/run-page.ts";
import type { CommandOutcome } from "../../src/messages/validate.ts";
import type { Coverage } from "../../src/reports/coverage/coverage.ts";
import { triedOf, type Tried } from "../../src/reports/tests/flaky-tests.ts";
import type { ExecResult } from "../../src/sandbox/port.ts";
import type { LogReport } from "../../src/store/port.ts";
import { prepareEnvironment, type EnvironmentRequest } from "../environment.ts";
import { missedNetwork } from "../network.ts";
import { readingWithoutSecrets, secretsFor, withoutSecrets } from "../secrets.ts";
import { withLog, type RunLog } from "../log-writer.ts";
import { limitsOf, type Workbench } from "../workbench.ts";
import { isFailed } from "./command-result.ts";
import type { Command, ReadyScope } from "./decide.ts";
import type { Follower } from "./follow-checks.ts";
import { readMatchers } from "./read-matchers.ts";
import { readReport, reportPatterns } from "./read-report.ts";
import { removeReports } from "./report-files.ts";
import type { Validation } from "./run-commands.ts";

export interface Place {
  /** The command of the set-up that failed: nothing can run here. */
  readonly failed: CommandOutcome | null;
  /** Runs a command, again while it fails and may be tried again. What it needs and has not run here is run before, for its files. */
  run(command: Command): Promise<Ran>;
  close(): Promise<void>;
}

export interface Ran {
  readonly outcome: CommandOutcome;
  readonly findings: readonly Finding[];
  /** How the tests came out, each time that it was run. */
  readonly tries: readonly Tried[];
  /** Tests that the runner itself has tried again, and then they passed. */
  readonly retried: readonly string[];
  readonly coverage: Coverage | null;
}

/** Characters of a log that go into a check run; the whole is longer than GitHub takes. */
const tailLength = 20_000;

/** @param deadline the time in ms (`Date.now()`) after which nothing is begun */
export async function openPlace(
  run: Validation,
  scope: ReadyScope,
  files: Pick<EnvironmentRequest, "workspace" | "commit" | "ref" | "onto">,
  deadline: number,
  follow: Follower,
): Promise<Place> {
  const { config } = scope;
  const { signal, deps } = run;
  const { repo } = run.thread;
  const { setup, setup_secrets: setupSecrets } = config.environment;
  const logOf = (name: string) => ({ runId: run.id, name: files.commit === scope.head ? name : onBase(name) });
  const secretsOf = (names: readonly string[]) => secretsFor(deps, repo, names, scope.withheld);
  const { bench, failed } = await prepareEnvironment(deps, {
    ...files,
    repo,
    config,
    deadline,
    secrets: secretsOf(setup.length === 0 ? [] : setupSecrets),
    watch: (line) => follow.setup(line),
    signal,
    log: logOf("setup"),
  });
  const attempt = async (command: Command, log: RunLog): Promise<Ran> => {
    const left = await removeReports(reportPatterns(command), bench.workspace);
    const timeoutMs = Math.max(1_000, Math.min(command.timeout, deadline - Date.now()));
    const env = { CI: "true", ...command.env, ...secretsOf(command.secrets), ...(await bench.network.open()) };
    const watch = follow.command(command.name, command.run, files.commit === scope.head ? "head" : "base");
    const onOutput = (piece: string): void => {
      watch.write(piece);
      log.write(piece);
    };
    const ended = await bench
      .execute({ run: command.run, timeoutMs, signal, env, onOutput })
      .finally(() => watch.end());
    const result = withoutSecrets(deps, ended);
    if (signal.aborted) await log.close(result);
    signal.throwIfAborted();
    const { text, findings, tests, coverage } = await readReport(
      command,
      result.output,
      keepingWhatIsRead(readingWithoutSecrets(deps, bench), log),
      left,
      await readMatchers(run, scope, command),
    );
    await log.close({ ...result, report: toLogReport(text, findings) });
    const outcome = {
      ...toOutcome(command.name, command.run, result, timeoutMs, scope),
      ...missedNetwork(result, bench.network.takeRefused(), bench.network.ofSetup),
      report: text,
    };
    const tries = [triedOf(!isFailed(outcome), tests)];
    return { outcome, findings, tries, retried: tests?.flaky ?? [], coverage };
  };
  const limit = limitsOf(config).output;
  const logged = (command: Command): Promise<Ran> =>
    withLog(deps, { ...logOf(command.name), command: command.run, limit }, (log) => attempt(command, log));
  const work = async (command: Command): Promise<Ran> => {
    const needs = config.validation.commands.filter(({ name }) => command.needs.includes(name));
    const needed: Ran[] = [];
    for (const need of needs) needed.push(await once(need));
    if (Date.now() >= deadline)
      return { outcome: notInTime(command, scope), findings: [], tries: [], retried: [], coverage: null };
    let ran = await logged(command);
    let { tries, retried } = ran;
    while (isFailed(ran.outcome) && tries.length <= command.retries && Date.now() < deadline) {
      ran = await logged(command);
      tries = [...tries, ...ran.tries];
      retried = [...retried, ...ran.retried];
    }
    const despite = needed.map(({ outcome }) => outcome).filter(isFailed);
    const outcome = { ...ran.outcome, attempts: tries.length, despite: despite.map(({ name }) => name) };
    return { ...ran, outcome, tries, retried };
  };
  const done = new Map<string, Promise<Ran>>();
  const once = (command: Command): Promise<Ran> => {
    const made = done.get(command.name) ?? work(command);
    done.set(command.name, made);
    return made;
  };
  return {
    failed: failed && {
      ...toOutcome("setup", failed.command, withoutSecrets(deps, failed.result), failed.timeoutMs, scope),
      ...missedNetwork(failed.result, failed.refused),
    },
    run: once,
    close: () => bench.close(),
  };
}

/** The tests that failed, or where there are none, what else was found. */
function toLogReport({ tests }: ReportText, findings: readonly Finding[]): LogReport {
  const problems = findings.map(({ rule, file, startLine, message }) => ({
    name: rule,
    file,
    line: startLine,
    message,
  }));
  const failures = tests?.failures.map(({ name, file, line, message }) => ({ name, file, line, message })) ?? [];
  return { tests: tests?.counts ?? null, found: failures.length > 0 ? failures : problems };
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
function notInTime({ name, run }: Command, { head, config }: ReadyScope): CommandOutcome {
  const { memory, minutes } = config.environment.limits;
  const nothing = { end: "out-of-time", code: null, ms: 0, tail: "", attempts: 0 };
  return { name, run, ...nothing, head, timeoutMs: minutes * 60_000, memory };
}

function toOutcome(
  name: string,
  line: string,
  result: ExecResult,
  timeoutMs: number,
  { head, config }: ReadyScope,
): CommandOutcome {
  return {
    name,
    run: line,
    end: result.end,
    code: result.code,
    ms: Math.round(result.ms),
    tail: result.output.slice(-tailLength),
    attempts: 1,
    head,
    timeoutMs,
    memory: config.environment.limits.memory,
  };
}
