import type { ProposedPlan } from "../../src/agents/port.ts";
import { threadName, type Sha } from "../../src/domain/ids.ts";
import { commitOnBranch, ensureBranch } from "../../src/github/commits.ts";
import { editPullBody, ensurePull } from "../../src/github/pulls.ts";
import * as messages from "../../src/messages/agent.ts";
import type { WorkText } from "../../src/messages/agent.ts";
import * as answers from "../../src/messages/answers.ts";
import type { Message } from "../../src/messages/message.ts";
import { planApproved, planChanged, planMissing } from "../../src/messages/plan.ts";
import { tokensText } from "../../src/messages/usage.ts";
import { auditOnce } from "../audit-once.ts";
import type { CommandRun } from "../command-run.ts";
import { toPlanText } from "../plan/text.ts";
import type { StoryEnd } from "../run-context.ts";
import { say } from "../say.ts";
import type { Assignment } from "./decide.ts";
import type { Target } from "./read.ts";
import type { Work } from "./work.ts";

type Assigned = Extract<Assignment, { end: "assigned" }>;
export interface PublishedPull {
  readonly number: number;
  readonly url: string;
}

export async function publishRefusal(
  run: CommandRun,
  why: "no-model" | "no-plan" | "plan-changed" | "plan-required",
): Promise<StoryEnd> {
  const { marker, actor } = run.admitted.request;
  const message: Record<typeof why, Message> = {
    "no-model": answers.modelMissing(marker, actor),
    "no-plan": planMissing(actor, marker),
    "plan-changed": planChanged(actor, marker),
    "plan-required": answers.planRequired(marker, actor),
  };
  await run.step("answer", () => say(run, message[why]));
  return { state: "failed", reason: why };
}

/** Records the approval, takes the box out of the plan's comment, and says that work begins. */
export async function publishStarted(run: CommandRun, assignment: Assigned, target: Target): Promise<void> {
  const { deps, thread, admitted } = run;
  const { actor, command } = admitted.request;
  if (command === "approve" && assignment.stored) {
    const { hash } = assignment.stored;
    const by = await deps.store.plans.approve(hash, thread.repo, thread.number, actor);
    await auditOnce(deps.store, {
      actor,
      action: "approved plan",
      subject: threadName(thread),
      runId: run.id,
      detail: { hash },
    });
    await sayPlan(run, assignment, by, "Work has begun.");
  }
  await say(run, messages.agentStarted(actor, target.branch));
}

export async function publishBranch(run: CommandRun, target: Target): Promise<Sha> {
  return ensureBranch(run.deps.github, run.writer, run.thread.repo, target.branch, target.commit);
}

export async function publishCommit(run: CommandRun, target: Target, work: Work): Promise<Sha | "moved"> {
  const report = work.outcome.end === "done" ? work.outcome.result : null;
  const trailer = `Codegen-Run: ${run.id}`;
  return commitOnBranch(run.deps.github, run.writer, run.thread.repo, {
    branch: target.branch,
    head: target.commit,
    ...messages.commitMessage({
      title: report?.title ?? "Work",
      summary: report?.summary ?? "",
      issue: run.thread.number,
    }),
    trailer,
    changes: work.changes,
  });
}

export async function publishPull(
  run: CommandRun,
  target: Target,
  assignment: Assigned,
  work: Work,
  text: WorkText,
): Promise<PublishedPull> {
  const { deps, thread, admitted, writer } = run;
  const title = work.outcome.end === "done" ? work.outcome.result.title : admitted.request.thread.title;
  const body = messages.pullBody({
    issue: thread.number,
    requester: admitted.request.actor,
    plan: planProse(assignment.plan),
    report: text,
  });
  const pull = await ensurePull(deps.github, writer, thread.repo, {
    branch: target.branch,
    base: target.baseBranch,
    title,
    body,
  });
  if (target.pull !== null) await editPullBody(deps.github, writer, { repo: thread.repo, number: pull.number }, body);
  return pull;
}

export async function publishFinished(
  run: CommandRun,
  assignment: Assigned,
  pull: PublishedPull,
  text: WorkText,
): Promise<void> {
  const { actor, command } = run.admitted.request;
  if (command === "approve" && assignment.stored) await sayPlan(run, assignment, actor, `It became #${pull.number}.`, true);
  await say(run, messages.agentFinished(actor, pull, text));
}

export async function publishNothing(run: CommandRun, text: WorkText): Promise<StoryEnd> {
  await run.step("publish", () => say(run, messages.agentChangedNothing(run.admitted.request.actor, text)));
  return { state: "failed", reason: "no file was changed" };
}

export async function publishFailure(run: CommandRun, reason: string): Promise<StoryEnd> {
  await run.step("publish", () => say(run, messages.agentFailed(run.admitted.request.actor, reason)));
  return { state: "failed", reason };
}

async function sayPlan(
  run: CommandRun,
  assignment: Assigned,
  by: string,
  state: string,
  done = false,
): Promise<void> {
  if (!assignment.stored) return;
  const stored = { ...assignment.stored, createdAt: new Date(assignment.stored.createdAt) };
  const usage = await run.deps.store.usage.ofRun(stored.runId);
  await say(run, planApproved(toPlanText(run, stored, tokensText(usage)), by, state, done));
}

function planProse(plan: ProposedPlan | null): string | null {
  if (plan === null) return null;
  return [plan.problem, plan.steps.map((step, index) => `${index + 1}. ${step}`).join("\n")].join("\n\n");
}
