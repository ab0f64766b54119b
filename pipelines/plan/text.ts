import type { PlanText } from "../../src/messages/plan.ts";
import type { StoredPlan } from "../../src/store/port.ts";
import type { CommandRun } from "../command-run.ts";
import type { KeptPlan } from "./decide.ts";

/** A stored plan in the form in which people read it. */
export function toPlanText(run: CommandRun, stored: StoredPlan, usage: string): PlanText {
  const { problem, files, steps, tests, risks, questions, confidence, grounding, estimate } = stored.plan as KeptPlan;
  return {
    issue: stored.issue,
    version: stored.version,
    hash: stored.hash,
    base: stored.base,
    webUrl: run.deps.github.webUrl(run.thread.repo),
    usage,
    problem,
    // A plan that was never held against its commit keeps the links that it had.
    files: files.map(({ path, change }, index) => ({ path, is: "file", symbols: [], ...grounding?.[index], change })),
    steps,
    tests,
    risks,
    questions,
    confidence,
    ...(estimate === undefined ? {} : { estimate }),
  };
}
