import type { ProposedPlan } from "../../src/agents/port.ts";
import type { PlanText } from "../../src/messages/plan.ts";
import type { StoredPlan } from "../../src/store/port.ts";
import type { CommandRun } from "../command-run.ts";

/** A stored plan in the form in which people read it. */
export function toPlanText(run: CommandRun, stored: StoredPlan, usage: string): PlanText {
  const { problem, files, steps, tests, risks, questions, confidence } = stored.plan as ProposedPlan;
  return {
    issue: stored.issue,
    version: stored.version,
    hash: stored.hash,
    base: stored.base,
    webUrl: run.deps.github.webUrl(run.thread.repo),
    usage,
    problem,
    files,
    steps,
    tests,
    risks,
    questions,
    confidence,
  };
}
