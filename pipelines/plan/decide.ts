import { createHash } from "node:crypto";
import type { Estimate } from "../../src/agents/estimate.ts";
import type { StoredPlan } from "../../src/store/port.ts";
import type { CommandRun } from "../command-run.ts";
import type { GroundedPlan } from "./ground.ts";

/** What the store has of a plan. Plans of older versions of the bot lack what came later. */
export interface KeptPlan extends GroundedPlan {
  readonly estimate?: Estimate;
}

/**
 * What is approved is this hash: of the plan, the issue and the commit that it was made against. What it will probably cost is no part of
 * it: the same plan, made again, is the same plan.
 */
export function planHash(issue: number, base: string, plan: GroundedPlan): string {
  return createHash("sha256")
    .update(JSON.stringify([issue, base, canonical(plan)]))
    .digest("hex");
}

export function toStoredPlan(
  run: CommandRun,
  plan: GroundedPlan,
  estimate: Estimate,
): Omit<StoredPlan, "createdAt" | "approvedBy" | "version"> {
  const base = run.admitted.base.sha;
  return {
    hash: planHash(run.thread.number, base, plan),
    repo: run.thread.repo,
    issue: run.thread.number,
    base,
    plan: { ...plan, estimate } satisfies KeptPlan,
    runId: run.id,
  };
}

/** The same plan has the same text whatever order its keys came in. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
}
