import type { AgentUsage } from "../../src/agents/port.ts";
import { threadHash } from "../../src/commands/thread-hash.ts";
import * as answers from "../../src/messages/answers.ts";
import type { Message } from "../../src/messages/message.ts";
import * as messages from "../../src/messages/plan.ts";
import { usageText } from "../../src/messages/usage.ts";
import type { StoredPlan } from "../../src/store/port.ts";
import type { CommandRun } from "../command-run.ts";
import type { StoryEnd } from "../run-context.ts";
import { say } from "../say.ts";
import { comparePlans, type PlanVersion } from "./compare.ts";
import type { KeptPlan } from "./decide.ts";
import { toPlanText } from "./text.ts";

export async function publishRefusal(
  run: CommandRun,
  why: "no-model" | "plans-off" | "nothing-to-revise",
): Promise<StoryEnd> {
  const { marker, actor } = run.admitted.request;
  const message: Record<typeof why, Message> = {
    "no-model": answers.modelMissing(marker, actor),
    "plans-off": answers.planNotWanted(marker, actor),
    "nothing-to-revise": messages.planMissing(actor, marker, "revise"),
  };
  await run.step("answer", () => say(run, message[why]));
  const reason: Record<typeof why, string> = {
    "no-model": "no model is set up",
    "plans-off": "`agent.plan` is `never`",
    "nothing-to-revise": "there is no plan to revise",
  };
  return { state: "failed", reason: reason[why] };
}

export async function publishStarted(run: CommandRun): Promise<void> {
  await say(run, messages.planStarted(run.admitted.request.actor, run.admitted.request.command === "revise"));
}

export async function publishPlan(
  run: CommandRun,
  stored: StoredPlan,
  before: PlanVersion | null | undefined,
  usage: AgentUsage,
): Promise<void> {
  const text = toPlanText(run, stored, usageText(usage));
  const { version, base, plan } = stored;
  const changes = before ? { changes: comparePlans(before, { version, base, plan: plan as KeptPlan }) } : {};
  await say(run, messages.planReady({ ...text, ...changes }));
}

export async function publishFailure(run: CommandRun, reason: string, standing: string | null): Promise<StoryEnd> {
  await run.step("answer", () => say(run, messages.planFailed(run.admitted.request.actor, reason, standing)));
  return { state: "failed", reason };
}

/**
 * `auto_confirm_plans`: the person who asked for the plan is taken to have approved it, for the issue as it was planned; the next run checks
 * what they may do and whether it still says the same.
 */
export async function publishAutoConfirmed(run: CommandRun, stored: StoredPlan): Promise<void> {
  const { id, login } = run.job.trigger.actor;
  const { title, body } = run.admitted.request.thread;
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
      threadHash: threadHash(title, body),
      actor: { id, login },
    },
  });
}
