import { z } from "zod";
import type { PlanTask, WorkTask } from "../port.ts";
import { aboutData, planMessage, workMessage } from "../prompt.ts";
import { proposedPlan } from "../results.ts";
import type { Fence } from "../untrusted.ts";

// What an agent at Codegen is told. Unlike the model loop it has a clone, tools and access to GitHub of its own.

export function remotePlanPrompt(task: PlanTask, fence: Fence): string {
  return [
    `You plan changes to the repository ${task.repository}. Read the code and propose a plan that a person will approve or revise. Change nothing: no commit, no branch, no pull request, no comment.`,
    "Find the real cause before you plan. Plan the smallest change that solves the problem, name the files, and say how it will be tested. Set confidence to low when you could not find the cause.",
    `Your last message is one JSON object and nothing else, of this JSON Schema:\n${JSON.stringify(z.toJSONSchema(proposedPlan, { io: "input" }))}`,
    aboutData(fence),
    planMessage(task, fence),
  ].join("\n\n");
}

export function remoteWorkPrompt(task: WorkTask, fence: Fence): string {
  const { target, issue } = task;
  const where =
    target.pull === null
      ? `Work on a new branch named \`${target.branch}\`, made from \`${target.base}\`, and open one pull request from it into \`${target.base}\`. Its description begins with \`Closes #${issue.number}\`.`
      : `Pull request #${target.pull} is open for this. Push your commits to its branch \`${target.branch}\`, and open no other pull request.`;
  return [
    `You carry out a task in the repository ${task.repository}. ${where} Do not merge it, and touch no other branch, issue or pull request.`,
    "Make the smallest change that does what is asked, in the style of the code around it; add or adapt tests, and never weaken one. Run the commands that must pass. Your last message says in plain sentences what you changed and why, which commands you ran and how they ended.",
    aboutData(fence),
    workMessage(task, fence),
  ].join("\n\n");
}

/** What an agent is told whose plan cannot be read. */
export function correction(problems: string): string {
  return `Your last message is no plan that can be read: ${problems.slice(0, 2_000)}\nSend the whole JSON object again, and nothing else.`;
}
