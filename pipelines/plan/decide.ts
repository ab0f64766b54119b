import { createHash } from "node:crypto";
import type { ProposedPlan } from "../../src/agents/port.ts";
import type { StoredPlan } from "../../src/store/port.ts";
import type { CommandRun } from "../command-run.ts";

/** What is approved is this hash: of the plan, the issue and the commit that it was made against. */
export function planHash(issue: number, base: string, plan: ProposedPlan): string {
  return createHash("sha256")
    .update(JSON.stringify([issue, base, canonical(plan)]))
    .digest("hex");
}

export function toStoredPlan(
  run: CommandRun,
  plan: ProposedPlan,
): Omit<StoredPlan, "createdAt" | "approvedBy" | "version"> {
  const base = run.admitted.base.sha;
  return {
    hash: planHash(run.thread.number, base, plan),
    repo: run.thread.repo,
    issue: run.thread.number,
    base,
    plan,
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
