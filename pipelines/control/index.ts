/** Commands that steer what runs: cancel, hold, retry and decline. They do not wait for the run that they are about. */
import * as answers from "../../src/messages/answers.ts";
import { setLabel } from "../../src/github/issues.ts";
import type { Run } from "../../src/store/port.ts";
import { commandRun, type CommandRun } from "../command-run.ts";
import type { PipelineDeps } from "../deps.ts";
import type { Jobs } from "../jobs.ts";
import { holdLabel } from "../merge/decide.ts";
import type { StoryEnd } from "../run-context.ts";
import { say } from "../say.ts";
import type { JobContext } from "../worker.ts";
import { decline } from "./decline.ts";
import { retry } from "./retry.ts";

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
    expects: ["cancel", "hold", "retry", "decline"],
    closed: true,
    brokenConfig: true,
  } as const;
  await commandRun(spec, job, context, deps, (run) => {
    const { command } = run.admitted.request;
    if (command === "cancel") return cancel(run);
    if (command === "decline") return decline(run);
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

/** A run that waits hears that it is cancelled only when its job is taken up. */
async function hurry({ queue }: PipelineDeps, runs: readonly Run[]): Promise<void> {
  for (const { state, jobId } of runs) if (state === "waiting") await queue.hurry(jobId);
}

async function hold(run: CommandRun): Promise<StoryEnd> {
  const { deps, thread, writer, admitted } = run;
  const { actor, marker, argument } = admitted.request;
  const label = holdLabel(admitted.config);
  const on = argument.toLowerCase() !== "off";
  await run.step("label", () => setLabel(deps.github, writer, thread, label, on));
  await run.step("answer", () => say(run, answers.held(marker, actor, label, on)));
  return { state: "succeeded" };
}
