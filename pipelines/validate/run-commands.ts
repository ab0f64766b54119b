import type { ThreadRef } from "../../src/domain/ids.ts";
import type { Finding } from "../../src/domain/verdict.ts";
import type { Writer } from "../../src/github/writer.ts";
import type { Log } from "../../src/log.ts";
import type { CommandOutcome } from "../../src/messages/validate.ts";
import type { ExecResult } from "../../src/sandbox/port.ts";
import type { PipelineDeps } from "../deps.ts";
import { prepareEnvironment, type EnvironmentRequest } from "../environment.ts";
import type { Jobs } from "../jobs.ts";
import type { RunContext } from "../run-context.ts";
import { baseWorkspace, type Workbench } from "../workbench.ts";
import { compareWithBase } from "./compare-base.ts";
import type { Command, ReadyScope } from "./decide.ts";
import { readReport, removeReports } from "./read-report.ts";

/** One validation at work: what every part of the story takes. */
export interface Validation {
  readonly id: string;
  readonly job: Jobs["validate"];
  readonly thread: ThreadRef;
  readonly deps: PipelineDeps;
  readonly writer: Writer;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly step: RunContext["step"];
  readonly unseen: RunContext["unseen"];
}

export type CommandResult =
  | { readonly kind: "ran"; readonly outcome: CommandOutcome; readonly findings?: readonly Finding[] }
  | { readonly kind: "setup-failed"; readonly outcome: CommandOutcome };

/** Characters of a log that go into a check run; the whole is longer than GitHub takes. */
const tailLength = 20_000;

/** A workspace with its set-up done, or the set-up command that failed. */
interface Place {
  readonly bench: Workbench;
  readonly failed: CommandOutcome | null;
}

/**
 * The workspace is made when the first command needs it, so a worker that takes over after a crash makes it again only for
 * the commands that are left; that of the base commit when a command fails and only new failures count.
 */
export function startCommands(
  run: Validation,
  scope: ReadyScope,
): { run(command: Command): Promise<CommandResult>; close(): Promise<void> } {
  const { config, head, base } = scope;
  const deadline = Date.now() + config.environment.limits.minutes * 60_000;
  const onto = config.validation.test === "merge_result" ? { onto: base } : {};
  const ref = `refs/pull/${run.thread.number}/head`;
  const places = new Map<string, Promise<Place>>();
  const placeOf = (name: "head" | "base"): Promise<Place> => {
    const made =
      places.get(name) ??
      prepare(
        name === "head"
          ? { workspace: run.id, commit: head, ref, ...onto }
          : { workspace: baseWorkspace(run.id), commit: base },
      );
    places.set(name, made);
    return made;
  };
  const execute = async (bench: Workbench, name: string, line: string, timeout: number) => {
    const timeoutMs = Math.max(1_000, Math.min(timeout, deadline - Date.now()));
    const result = await bench.execute({ run: line, timeoutMs, signal: run.signal, env: { CI: "true" } });
    run.signal.throwIfAborted();
    return { outcome: toOutcome(name, line, result, timeoutMs, scope), output: result.output };
  };
  const prepare = async (files: Pick<EnvironmentRequest, "workspace" | "commit" | "ref" | "onto">): Promise<Place> => {
    const { repo } = run.thread;
    const { bench, failed } = await prepareEnvironment(run.deps, {
      ...files,
      repo,
      config,
      deadline,
      signal: run.signal,
    });
    if (failed === null) return { bench, failed };
    return { bench, failed: toOutcome("setup", failed.command, failed.result, failed.timeoutMs, scope) };
  };
  const attempt = async (command: Command, bench: Workbench) => {
    await removeReports(command, bench);
    const { outcome, output } = await execute(bench, command.name, command.run, command.timeout);
    const { text, findings } = await readReport(command, output, bench);
    return { outcome: { ...outcome, report: text }, findings };
  };
  const compare = async (command: Command, outcome: CommandOutcome) => {
    if (Date.now() >= deadline) return { base: compareWithBase(outcome, null, base, "the time was up."), known: [] };
    const { bench, failed } = await placeOf("base");
    if (failed) return { base: compareWithBase(outcome, null, base, "its set-up fails."), known: [] };
    const ran = await attempt(command, bench);
    return { base: compareWithBase(outcome, ran.outcome, base, ""), known: ran.findings };
  };
  return {
    async run(command) {
      const { bench, failed } = await placeOf("head");
      if (failed) return { kind: "setup-failed", outcome: failed };
      let attempts = 1;
      let ran = await attempt(command, bench);
      for (; isFailed(ran.outcome) && attempts <= command.retries && Date.now() < deadline; attempts += 1)
        ran = await attempt(command, bench);
      const outcome = { ...ran.outcome, attempts };
      if (!isFailed(outcome) || config.validation.fail_on === "any")
        return { kind: "ran", outcome, findings: ran.findings };
      const compared = await compare(command, outcome);
      const known = new Set(compared.known.map(({ fingerprint }) => fingerprint));
      const findings = ran.findings.filter(({ fingerprint }) => !known.has(fingerprint));
      return { kind: "ran", outcome: { ...outcome, base: compared.base }, findings };
    },
    async close() {
      for (const place of places.values()) await place.then(({ bench }) => bench.close()).catch(() => undefined);
    },
  };
}

/** The command ended otherwise than well, whatever is to be said for it. */
export function isFailed({ end, code }: CommandOutcome): boolean {
  return end !== "exited" || code !== 0;
}

function toOutcome(
  name: string,
  line: string,
  result: ExecResult,
  timeoutMs: number,
  scope: ReadyScope,
): CommandOutcome {
  return {
    name,
    run: line,
    end: result.end,
    code: result.code,
    ms: Math.round(result.ms),
    tail: result.output.slice(-tailLength),
    attempts: 1,
    head: scope.head,
    timeoutMs,
    memory: scope.config.environment.limits.memory,
  };
}
