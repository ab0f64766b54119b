/** Approved plan (or a direct request) → commits on a branch → pull. Running it again continues the same pull. */
import * as messages from "../../src/messages/agent.ts";
import { requiredRole, stillAllowed } from "../admission.ts";
import { carryOut, hasChanges } from "../carry-out.ts";
import { commandRun, type CommandRun } from "../command-run.ts";
import type { PipelineDeps } from "../deps.ts";
import type { Jobs } from "../jobs.ts";
import type { RunEnding, StoryEnd } from "../run-context.ts";
import { finishedStep, takeBack } from "../take-back.ts";
import type { JobContext } from "../worker.ts";
import { adopt } from "./adopt.ts";
import { decideAssignment, toWorkText } from "./decide.ts";
import {
  publishBranch,
  publishCommit,
  publishFailure,
  publishFinished,
  publishNothing,
  publishOptions,
  publishPull,
  publishRefusal,
  publishStarted,
} from "./publish.ts";
import { readAssignment, readTarget, type Target } from "./read.ts";
import { toOrder } from "./work.ts";

export async function agent(job: Jobs["agent"], context: JobContext, deps: PipelineDeps): Promise<void> {
  const spec = {
    kind: "agent",
    number: job.issue,
    expects: ["approve", "run"],
    onCancelled: async (why: string, ending: RunEnding) => {
      const target = await finishedStep<Target>(deps, ending, "target");
      const at = target && { branch: target.branch, from: target.commit, pull: target.pull?.number ?? null };
      return messages.agentCancelled(why, at ? await takeBack(deps, job, ending, at) : null);
    },
    onRefused: messages.agentFailed,
  } as const;
  await commandRun(spec, job, context, deps, agentStory);
}

async function agentStory(run: CommandRun): Promise<StoryEnd> {
  const { deps, admitted } = run;
  const { agent: wish } = admitted.config;
  const backend = deps.backendFor({ backend: wish.backend, model: wish.models.code });
  if (backend === undefined) return publishRefusal(run, "no-model");
  const facts = await run.step("read", () => readAssignment(run));
  const assignment = decideAssignment(facts);
  if (assignment.end !== "assigned") return publishRefusal(run, assignment.end);

  const target = await run.step("target", () => readTarget(run));
  await run.step("announce", () => publishStarted(run, assignment, target));
  const work = await run.step("work", () => carryOut(run, backend, toOrder(run, assignment, target)));
  if (work.outcome.end === "published") return adopt(run, assignment, work.outcome);
  const cutOff = work.outcome.end === "budget" && hasChanges(work);
  if (work.outcome.end !== "done" && !cutOff) return publishFailure(run, work.outcome.reason);
  const text = toWorkText(work, assignment.plan);
  if (!hasChanges(work)) return publishNothing(run, text);

  const allowed = await stillAllowed(
    deps,
    run.thread,
    admitted.request.actor,
    requiredRole(admitted.request.command, admitted.config),
  );
  if (!allowed)
    return publishFailure(run, `@${admitted.request.actor} may no longer do this here, so the result was thrown away.`);
  await run.step("branch", () => publishBranch(run, target));
  const commit = await run.step("commit", () => publishCommit(run, target, work));
  if (commit === "moved")
    return publishFailure(
      run,
      `The branch \`${target.branch}\` was changed by somebody else meanwhile, so nothing was committed.`,
    );
  const pull = await run.step("pull", () => publishPull(run, { target, assignment, work, text, commit, cutOff }));
  await run.step("options", () => publishOptions(run, target, pull, work));
  await run.step("publish", () => publishFinished(run, assignment, pull, text, cutOff));
  return cutOff ? { state: "failed", reason: text.summary } : { state: "succeeded" };
}
