/**
 * What checks and reviewers found → commits on the pull's branch. A validation that fails again comes back here, until it is green, nothing
 * changes any more, or it was tried often enough.
 */
import * as messages from "../../src/messages/fix.ts";
import { requiredRole, stillAllowed } from "../admission.ts";
import { mendingAgent } from "../agent-choice.ts";
import { carryOut, hasChanges } from "../carry-out.ts";
import { commandRun, type CommandRun } from "../command-run.ts";
import type { PipelineDeps } from "../deps.ts";
import type { Jobs } from "../jobs.ts";
import type { RunEnding, StoryEnd } from "../run-context.ts";
import { finishedStep, takeBack } from "../take-back.ts";
import type { JobContext } from "../worker.ts";
import { decideFix, judgeWork, toOrder } from "./decide.ts";
import {
  publishAnswer,
  publishAnswers,
  publishCommit,
  publishFailure,
  publishFinished,
  publishPushedElsewhere,
  publishStarted,
  publishStop,
} from "./publish.ts";
import { readFix, type FixFacts } from "./read.ts";

export async function fix(job: Jobs["fix"], context: JobContext, deps: PipelineDeps): Promise<void> {
  const spec = {
    kind: "fix",
    number: job.pull,
    expects: ["fix"],
    onCancelled: async (why: string, ending: RunEnding) => {
      const facts = await finishedStep<FixFacts>(deps, ending, "read");
      const head = facts?.pull?.head;
      const at = head && { branch: head.branch, from: head.sha, pull: job.pull };
      return messages.fixCancelled(why, at ? await takeBack(deps, job, ending, at) : null);
    },
    onRefused: messages.fixFailed,
  } as const;
  await commandRun(spec, job, context, deps, fixStory);
}

async function fixStory(run: CommandRun): Promise<StoryEnd> {
  const { deps, admitted } = run;
  const facts = await run.step("read", () => readFix(run));
  const decision = decideFix(facts, admitted.config);
  if (decision.end === "nothing") return { state: "superseded", reason: decision.reason };
  if (decision.end === "answer") return publishAnswer(run, decision.why);
  if (decision.end === "stop") return publishStop(run, facts, decision.why);
  const agent = mendingAgent(deps, admitted.config);
  if (agent === undefined) return publishAnswer(run, "no-model");

  const { assignment } = decision;
  await run.step("announce", () => publishStarted(run, assignment));
  const work = await run.step("work", () => carryOut(run, agent, toOrder(run, facts, assignment)));
  if (work.outcome.end === "published") return publishPushedElsewhere(run, work.outcome);
  if (work.outcome.end !== "done" && !(work.outcome.end === "budget" && hasChanges(work)))
    return publishFailure(run, work.outcome.reason);
  const verdict = judgeWork(assignment, work);
  if (verdict === "nothing changed" && assignment.threads.length > 0)
    await run.step("answers", () => publishAnswers(run, assignment, work, null));
  if (verdict !== "push") return publishStop(run, facts, verdict, work);

  const actor = admitted.request.actor;
  if (!(await stillAllowed(deps, run.thread, actor, requiredRole("fix", admitted.config))))
    return publishFailure(run, `@${actor} may no longer do this here, so the result was thrown away.`);
  const commit = await run.step("commit", () => publishCommit(run, facts, assignment, work));
  if (commit === "moved")
    return publishFailure(run, "The branch was changed by somebody else meanwhile, so nothing was pushed.");
  await run.step("answers", () => publishAnswers(run, assignment, work, commit));
  await run.step("publish", () => publishFinished(run, assignment, work, commit));
  return { state: "succeeded" };
}
