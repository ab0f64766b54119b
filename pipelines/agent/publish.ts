import type { ProposedPlan } from "../../src/agents/port.ts";
import { threadName, type Sha } from "../../src/domain/ids.ts";
import { commitOnBranch, ensureBranch } from "../../src/github/commits.ts";
import { addLabels, requestReviewers } from "../../src/github/pull-options.ts";
import { editPullBody, ensurePull } from "../../src/github/pulls.ts";
import * as messages from "../../src/messages/agent.ts";
import type { WorkText } from "../../src/messages/agent.ts";
import * as answers from "../../src/messages/answers.ts";
import type { Message } from "../../src/messages/message.ts";
import { planApproved, planChanged, planMissing } from "../../src/messages/plan.ts";
import { tokensText } from "../../src/messages/usage.ts";
import { auditOnce } from "../audit-once.ts";
import type { Work } from "../carry-out.ts";
import type { CommandRun } from "../command-run.ts";
import { toPlanText } from "../plan/text.ts";
import type { StoryEnd } from "../run-context.ts";
import { rememberPull } from "../fix/start.ts";
import { say } from "../say.ts";
import { trailersOf } from "../trailers.ts";
import { toDescription, toTitle, type Assignment } from "./decide.ts";
import type { Target } from "./read.ts";

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
    "no-plan": planMissing(actor, marker, "approve"),
    "plan-changed": planChanged(actor, marker),
    "plan-required": answers.planRequired(marker, actor),
  };
  await run.step("answer", () => say(run, message[why]));
  const reason: Record<typeof why, string> = {
    "no-model": "no model is set up",
    "no-plan": "there is no plan to approve",
    "plan-changed": "the plan is not the one that was approved",
    "plan-required": "a plan has to be approved first",
  };
  return { state: "failed", reason: reason[why] };
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
  const { deps, thread, admitted, job } = run;
  const { title } = admitted.request.thread;
  return commitOnBranch(deps.github, run.writer, thread.repo, {
    branch: target.branch,
    head: target.commit,
    ...messages.commitMessage({
      title: toTitle(work, title),
      summary: work.outcome.end === "done" ? work.outcome.result.summary : "",
      issue: thread.number,
    }),
    trailers: trailersOf(run, job.trigger.actor),
    changes: work.changes,
  });
}

export async function publishPull(
  run: CommandRun,
  made: { target: Target; assignment: Assigned; work: Work; text: WorkText; commit: Sha; cutOff: boolean },
): Promise<PublishedPull> {
  const { deps, thread, admitted, writer } = run;
  const { target, work, commit } = made;
  const { request, config } = admitted;
  const description = toDescription(work, target.template);
  const body = messages.pullBody({
    issue: thread.number,
    requester: request.actor,
    plan: planProse(made.assignment.plan),
    report: made.text,
    description,
    template: target.template,
  });
  const pull = await ensurePull(deps.github, writer, thread.repo, {
    branch: target.branch,
    base: target.baseBranch,
    head: commit,
    title: toTitle(work, request.thread.title),
    body,
    draft: config.agent.pull.draft || made.cutOff,
  });
  if (target.pull !== null) await editPullBody(deps.github, writer, { repo: thread.repo, number: pull.number }, body);
  await rememberPull(deps, {
    repo: thread.repo,
    number: pull.number,
    issue: thread.number,
    requester: request.actor,
    requesterId: run.job.trigger.actor.id,
    branch: target.branch,
    head: commit,
  });
  return pull;
}

/** Labels and reviewers of a new pull; and where tests became weaker, the label that keeps it from being merged until a person takes it off. */
export async function publishOptions(run: CommandRun, target: Target, pull: PublishedPull, work: Work): Promise<void> {
  const { deps, thread, admitted, writer } = run;
  const { labels, reviewers } = admitted.config.agent.pull;
  const at = { repo: thread.repo, number: pull.number };
  const isNew = target.pull === null;
  const hold = work.weakened.length > 0 ? admitted.config.merge.block.labels.slice(0, 1) : [];
  const wanted = [...(isNew ? labels : []), ...hold];
  if (wanted.length > 0) await addLabels(deps.github, writer, at, wanted);
  if (!isNew || reviewers.length === 0) return;
  const refused = await requestReviewers(deps.github, writer, at, reviewers);
  if (refused.length > 0) run.log.warn({ refused }, "some reviewers cannot be asked");
}

export async function publishFinished(
  run: CommandRun,
  assignment: Assigned,
  pull: PublishedPull,
  text: WorkText,
  cutOff = false,
): Promise<void> {
  const { actor, command } = run.admitted.request;
  const became = cutOff ? `It was begun in #${pull.number}.` : `It became #${pull.number}.`;
  if (command === "approve" && assignment.stored) await sayPlan(run, assignment, actor, became, !cutOff);
  await say(run, cutOff ? messages.agentUnfinished(actor, pull, text) : messages.agentFinished(actor, pull, text));
}

export async function publishNothing(run: CommandRun, text: WorkText): Promise<StoryEnd> {
  await run.step("publish", () => say(run, messages.agentChangedNothing(run.admitted.request.actor, text)));
  return { state: "failed", reason: "no file was changed" };
}

export async function publishFailure(run: CommandRun, reason: string): Promise<StoryEnd> {
  await run.step("publish", () => say(run, messages.agentFailed(run.admitted.request.actor, reason)));
  return { state: "failed", reason };
}

async function sayPlan(run: CommandRun, assignment: Assigned, by: string, state: string, done = false): Promise<void> {
  if (!assignment.stored) return;
  const stored = { ...assignment.stored, createdAt: new Date(assignment.stored.createdAt) };
  const usage = await run.deps.store.usage.ofRun(stored.runId);
  await say(run, planApproved(toPlanText(run, stored, tokensText(usage)), by, state, done));
}

function planProse(plan: ProposedPlan | null): string | null {
  if (plan === null) return null;
  return [plan.problem, plan.steps.map((step, index) => `${index + 1}. ${step}`).join("\n")].join("\n\n");
}
