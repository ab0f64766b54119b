import type { ThreadRef } from "../../src/domain/ids.ts";
import type { Writer } from "../../src/github/writer.ts";
import type { Log } from "../../src/log.ts";
import type { CommandOutcome } from "../../src/messages/validate.ts";
import type { ExecResult } from "../../src/sandbox/port.ts";
import type { PipelineDeps } from "../deps.ts";
import type { Jobs } from "../jobs.ts";
import type { RunContext } from "../run-context.ts";
import { limitsOf, openWorkbench, type Workbench } from "../workbench.ts";
import type { Command, ReadyScope } from "./decide.ts";

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
  | { readonly kind: "ran"; readonly outcome: CommandOutcome }
  | { readonly kind: "setup-failed"; readonly outcome: CommandOutcome };

/** Characters of a log that go into a check run; the whole is longer than GitHub takes. */
const tailLength = 20_000;

/**
 * The workspace is made when the first command needs it, so a worker that takes over after a crash makes it again only for
 * the commands that are left.
 */
export function startCommands(
  run: Validation,
  scope: ReadyScope,
): { run(command: Command): Promise<CommandResult>; close(): Promise<void> } {
  let prepared: Promise<{ bench: Workbench; failed: CommandOutcome | null }> | undefined;
  const deadline = Date.now() + scope.config.environment.limits.minutes * 60_000;
  const execute = async (bench: Workbench, name: string, line: string, timeout: number): Promise<CommandOutcome> => {
    const timeoutMs = Math.max(1_000, Math.min(timeout, deadline - Date.now()));
    const result = await bench.execute({ run: line, timeoutMs, signal: run.signal, env: { CI: "true" } });
    run.signal.throwIfAborted();
    return toOutcome(name, line, result, timeoutMs, scope);
  };
  const prepare = async () => {
    const bench = await openWorkbench(run.deps, {
      runId: run.id,
      repo: run.thread.repo,
      commit: scope.head,
      ref: `refs/pull/${run.thread.number}/head`,
      ...(scope.config.validation.test === "merge_result" ? { onto: scope.base } : {}),
      limits: limitsOf(scope.config),
      signal: run.signal,
    });
    try {
      for (const line of scope.config.environment.setup) {
        const outcome = await execute(bench, "setup", line, scope.config.environment.limits.minutes * 60_000);
        if (outcome.code !== 0) return { bench, failed: outcome };
      }
      return { bench, failed: null };
    } catch (error) {
      await bench.close();
      throw error;
    }
  };
  return {
    async run(command) {
      const { bench, failed } = await (prepared ??= prepare());
      if (failed) return { kind: "setup-failed", outcome: failed };
      let attempts = 0;
      let outcome: CommandOutcome;
      do {
        attempts += 1;
        outcome = { ...(await execute(bench, command.name, command.run, command.timeout)), attempts };
      } while (outcome.code !== 0 && attempts <= command.retries && Date.now() < deadline);
      return { kind: "ran", outcome };
    },
    async close() {
      await prepared?.then(({ bench }) => bench.close()).catch(() => undefined);
    },
  };
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
