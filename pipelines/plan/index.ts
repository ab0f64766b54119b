/** Issue → plan. `/codegen plan`, `/codegen revise`, the label and the assignment all come here. */
import * as messages from "../../src/messages/plan.ts";
import { commandRun, type CommandRun } from "../command-run.ts";
import type { PipelineDeps } from "../deps.ts";
import type { Jobs } from "../jobs.ts";
import type { RunEnding, StoryEnd } from "../run-context.ts";
import type { JobContext } from "../worker.ts";
import { keepPlan } from "./keep.ts";
import { publishAutoConfirmed, publishFailure, publishPlan, publishRefusal, publishStarted } from "./publish.ts";
import { makePlan, questionStep, readQuestion } from "./read.ts";
import { standingOf } from "./standing.ts";

export async function plan(job: Jobs["plan"], context: JobContext, deps: PipelineDeps): Promise<void> {
  const spec = {
    kind: "plan",
    number: job.issue,
    expects: ["plan", "revise"],
    onCancelled: async (why: string, { run }: RunEnding) => messages.planCancelled(why, await standingOf(deps, run)),
    onRefused: async (by: string, reason: string, { run }: RunEnding) =>
      messages.planFailed(by, reason, await standingOf(deps, run)),
  } as const;
  await commandRun(spec, job, context, deps, planStory);
}

async function planStory(run: CommandRun): Promise<StoryEnd> {
  const { deps, admitted } = run;
  const { backend, models } = admitted.config.agent;
  const agent = deps.backendFor({ backend, model: models.plan });
  if (agent === undefined) return publishRefusal(run, "no-model");
  if (admitted.config.agent.plan === "never") return publishRefusal(run, "plans-off");
  const question = await run.step(questionStep, () => readQuestion(run));
  if (question.revision === "missing") return publishRefusal(run, "nothing-to-revise");
  await run.step("announce", () => publishStarted(run));
  const outcome = await run.step("think", () => makePlan(run, agent, question));
  if (outcome.end !== "done") return publishFailure(run, outcome.reason, question.standing ?? null);
  const stored = await run.step("keep", () => keepPlan(run, agent, outcome));
  await run.step("publish", () => publishPlan(run, stored, question.before, outcome.usage));
  if (admitted.config.agent.auto_confirm_plans) await run.step("confirm", () => publishAutoConfirmed(run, stored));
  return { state: "succeeded" };
}
