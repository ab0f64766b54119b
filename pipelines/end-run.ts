import { agentFailed } from "../src/messages/agent.ts";
import { internalError } from "../src/messages/answers.ts";
import { fixFailed } from "../src/messages/fix.ts";
import type { Message } from "../src/messages/message.ts";
import { planFailed } from "../src/messages/plan.ts";
import type { Run } from "../src/store/port.ts";
import type { PipelineDeps } from "./deps.ts";
import { standingOf } from "./plan/standing.ts";
import { toldEvent } from "./run-context.ts";
import { runWriter } from "./run-writer.ts";
import type { DeadJob, JobContext, Processors } from "./worker.ts";
import { say } from "./say.ts";
import { closeChecks } from "./validate/close.ts";

/** Ends a run that no worker will end: marks it failed, closes what it left open on GitHub and tells the thread. */
export async function endRun(deps: PipelineDeps, run: Run, reason: string): Promise<void> {
  await deps.store.runs.move(run.id, "failed", reason);
  await tellEnd(deps, run, reason);
}

/** Says how a run ended when its own story no longer can. Twice does no harm. */
export async function tellEnd(deps: PipelineDeps, run: Run, reason: string): Promise<void> {
  const thread = { repo: run.repo, number: run.number };
  // No worker has it, so there is no lease to ask for.
  const ending = { run, log: deps.log, fence: async () => {} };
  const failed = run.state !== "cancelled" && run.state !== "superseded";
  if (run.kind === "validate")
    await closeChecks(deps, ending, thread, { kind: failed ? "fault" : "cancelled", reason });
  // Whoever cancelled was answered; of a merge that an event began nobody waits to hear.
  else if (failed && run.kind !== "merge")
    await say({ deps, writer: runWriter(deps, ending), thread }, await lastWords(deps, run, reason));
  await deps.store.events.append({ runId: run.id, name: toldEvent });
}

/** In the comment where the person looks for the result, where there is one. */
async function lastWords(deps: PipelineDeps, run: Run, reason: string): Promise<Message> {
  if (run.kind === "plan") return planFailed(run.actor, reason, await standingOf(deps, run));
  if (run.kind === "agent") return agentFailed(run.actor, reason);
  if (run.kind === "fix") return fixFailed(run.actor, reason);
  return internalError(`run-${run.id}`, run.kind, run.id);
}

/**
 * A job that the queue gave up on, for instance because it killed every worker that took it: its run ends too. The job's own story,
 * started once more on the ended run, does nothing but say its last words.
 */
export async function endDeadJob(deps: PipelineDeps, processors: Processors, job: DeadJob): Promise<void> {
  const run = await deps.store.runs.byJob(job.jobId);
  if (run === null) return;
  await deps.store.runs.move(run.id, "failed", `It was given up: ${job.reason}.`);
  const process = processors[job.name] as (data: DeadJob["data"], context: JobContext) => Promise<void>;
  const { signal } = new AbortController();
  await process(job.data, { jobId: job.jobId, attempt: 1, lastAttempt: true, signal, log: deps.log });
}
