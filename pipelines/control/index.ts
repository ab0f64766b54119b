/** Commands that steer what runs: cancel and hold. They do not wait for the run that they are about. */
import * as answers from "../../src/messages/answers.ts";
import { setLabel } from "../../src/github/issues.ts";
import type { Run } from "../../src/store/port.ts";
import { commandRun, type CommandRun } from "../command-run.ts";
import type { PipelineDeps } from "../deps.ts";
import type { Jobs } from "../jobs.ts";
import type { StoryEnd } from "../run-context.ts";
import { say } from "../say.ts";
import type { JobContext } from "../worker.ts";

export async function control(job: Jobs["control"], context: JobContext, deps: PipelineDeps): Promise<void> {
  if (job.trigger.kind === "event") {
    // A thread that was closed or merged: what still runs for it is of no use to anybody, but for the merge that may have closed it.
    for (const kind of ["plan", "agent", "fix", "revert", "validate"] as const) {
      await hurry(deps, await deps.store.runs.requestCancel(job.repo, job.number, job.trigger.actor.login, { kind }));
    }
    return;
  }
  const spec = {
    kind: "control",
    number: job.number,
    expects: ["cancel", "hold", "retry"],
    closed: true,
    brokenConfig: true,
  } as const;
  await commandRun(spec, job, context, deps, (run) => {
    const { command } = run.admitted.request;
    if (command === "cancel") return cancel(run);
    return command === "retry" ? retry(run) : hold(run);
  });
}

async function cancel(run: CommandRun): Promise<StoryEnd> {
  const { deps, thread, admitted } = run;
  const { actor, marker } = admitted.request;
  const kinds = await run.step("request", async () => {
    const runs = await deps.store.runs.requestCancel(thread.repo, thread.number, actor, { except: run.id });
    await hurry(deps, runs);
    return runs.map(({ kind }) => kind);
  });
  await run.step("answer", () => say(run, answers.cancelled(marker, actor, kinds)));
  return { state: "succeeded" };
}

/** The last run that did not succeed is asked again, as it was asked then and by whoever asks now. */
async function retry(run: CommandRun): Promise<StoryEnd> {
  const { deps, thread, admitted, job } = run;
  const { actor, marker } = admitted.request;
  const ended = await run.step("look", () => readRetry(run));
  if (ended === null) {
    await run.step("answer", () => say(run, answers.nothingToRetry(marker, actor)));
    return { state: "failed", reason: "nothing to try again" };
  }
  await run.step("enqueue", async () => {
    const { kind, id } = ended;
    const at = { v: 1, delivery: `retry-${run.id}`, repo: thread.repo } as const;
    const by = job.trigger.kind === "comment" ? job.trigger : null;
    const { actor: who } = job.trigger;
    const again = {
      kind: "retry",
      runId: id,
      commentId: by?.commentId ?? 0,
      index: by?.index ?? 0,
      actor: who,
    } as const;
    if (kind === "validate") {
      const trigger = { kind: "button", checkRunId: null, action: "rerun", actor: who } as const;
      await deps.queue.enqueue("validate", { ...at, pull: thread.number, trigger });
    } else if (kind === "fix") await deps.queue.enqueue("fix", { ...at, pull: thread.number, trigger: again });
    else await deps.queue.enqueue(kind, { ...at, issue: thread.number, trigger: again });
  });
  await run.step("answer", () => say(run, answers.retried(marker, actor, ended)));
  return { state: "succeeded" };
}

type Retryable = "plan" | "agent" | "fix" | "validate";

async function readRetry({ deps, thread }: CommandRun): Promise<{ id: string; kind: Retryable; state: string } | null> {
  const runs = await deps.store.runs.of(thread.repo, thread.number);
  for (const { id, kind, state } of runs) {
    if (kind !== "plan" && kind !== "agent" && kind !== "fix" && kind !== "validate") continue;
    if (state === "superseded") continue;
    if (state !== "failed" && state !== "cancelled") return null;
    const admission = (await deps.store.steps.finished(id, "admit"))?.result as { end?: string } | undefined;
    // What was refused once, nobody has to try again by this way.
    if (kind === "validate" || admission?.end === "admitted") return { id, kind, state };
  }
  return null;
}

/** A run that waits hears that it is cancelled only when its job is taken up. */
async function hurry({ queue }: PipelineDeps, runs: readonly Run[]): Promise<void> {
  for (const { state, jobId } of runs) if (state === "waiting") await queue.hurry(jobId);
}

async function hold(run: CommandRun): Promise<StoryEnd> {
  const { deps, thread, writer, admitted } = run;
  const { actor, marker, argument } = admitted.request;
  const label = admitted.config.merge.block.labels[0] ?? "codegen:hold";
  const on = argument.toLowerCase() !== "off";
  await run.step("label", () => setLabel(deps.github, writer, thread, label, on));
  await run.step("answer", () => say(run, answers.held(marker, actor, label, on)));
  return { state: "succeeded" };
}
