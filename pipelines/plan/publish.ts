import type { AgentOutcome, ProposedPlan } from "../../src/agents/port.ts";
import * as answers from "../../src/messages/answers.ts";
import type { Message } from "../../src/messages/message.ts";
import * as messages from "../../src/messages/plan.ts";
import { usageText } from "../../src/messages/usage.ts";
import type { StoredPlan } from "../../src/store/port.ts";
import type { CommandRun } from "../command-run.ts";
import type { StoryEnd } from "../run-context.ts";
import { say } from "../say.ts";
import { toPlanText } from "./text.ts";

export async function publishRefusal(
  run: CommandRun,
  why: "no-model" | "plans-off" | "nothing-to-revise",
): Promise<StoryEnd> {
  const { marker, actor } = run.admitted.request;
  const message: Record<typeof why, Message> = {
    "no-model": answers.modelMissing(marker, actor),
    "plans-off": answers.planNotWanted(marker, actor),
    "nothing-to-revise": messages.planMissing(actor, marker),
  };
  await run.step("answer", () => say(run, message[why]));
  return { state: "failed", reason: why };
}

export async function publishStarted(run: CommandRun): Promise<void> {
  await say(run, messages.planStarted(run.admitted.request.actor, run.admitted.request.command === "revise"));
}

export async function publishPlan(
  run: CommandRun,
  stored: StoredPlan,
  outcome: AgentOutcome<ProposedPlan>,
): Promise<void> {
  await say(run, messages.planReady(toPlanText(run, stored, usageText(outcome.usage))));
}

export async function publishFailure(run: CommandRun, reason: string): Promise<StoryEnd> {
  await run.step("answer", () => say(run, messages.planFailed(run.admitted.request.actor, reason)));
  return { state: "failed", reason };
}

/** `auto_confirm_plans`: the person who asked for the plan is taken to have approved it; the next run checks what they may do. */
export async function publishAutoConfirmed(run: CommandRun, stored: StoredPlan): Promise<void> {
  const { id, login } = run.job.trigger.actor;
  await run.deps.queue.enqueue("agent", {
    v: 1,
    delivery: `auto-${run.id}`,
    repo: run.thread.repo,
    issue: run.thread.number,
    trigger: {
      kind: "checkbox",
      where: "issue",
      commentId: 0,
      box: "approve",
      token: stored.hash,
      actor: { id, login },
    },
  });
}
