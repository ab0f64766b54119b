/** From the agent's answer to the plan that is kept: held against the commit, with what it will probably take. */
import { estimate } from "../../src/agents/estimate.ts";
import type { AgentBackend, AgentOutcome, ProposedPlan } from "../../src/agents/port.ts";
import { UserError } from "../../src/errors.ts";
import type { Mirror } from "../../src/workspace/mirror.ts";
import type { StoredPlan } from "../../src/store/port.ts";
import type { CommandRun } from "../command-run.ts";
import { openRepository } from "../workbench.ts";
import { toStoredPlan } from "./decide.ts";
import { ground, treePath, type Found, type GroundedPlan } from "./ground.ts";

/** Doing it twice keeps one plan: the commit does not change, and the hash leaves the estimate out. */
export async function keepPlan(
  run: CommandRun,
  planner: AgentBackend,
  outcome: Extract<AgentOutcome<ProposedPlan>, { end: "done" }>,
): Promise<StoredPlan> {
  const { deps, admitted } = run;
  const plan = await groundAtBase(run, outcome.result);
  const expected = estimate({
    plan,
    used: outcome.usage,
    planner: planner.name,
    worker: workerOf(run),
    budget: admitted.config.agent.budget,
  });
  return deps.store.plans.put(toStoredPlan(run, plan, expected));
}

/** Files over this are not looked into. */
const largestText = 1_000_000;

async function groundAtBase({ deps, thread, admitted, signal }: CommandRun, plan: ProposedPlan): Promise<GroundedPlan> {
  const commit = admitted.base.sha;
  const mirror = await openRepository(deps, thread.repo, commit, { signal });
  const entries = new Map((await mirror.listFiles(commit)).map((entry) => [entry.path, entry]));
  const found = new Map<string, Found>();
  for (const { path, symbols = [] } of plan.files) {
    const at = treePath(path);
    const entry = entries.get(at);
    if (entry === undefined) {
      if ([...entries.keys()].some((known) => known.startsWith(`${at}/`))) found.set(at, { is: "folder" });
    } else if (entry.kind !== "file") found.set(at, { is: "file", text: null });
    else if (entry.size > largestText) found.set(at, { is: "file" });
    else found.set(at, { is: "file", text: symbols.length === 0 ? null : await textAt(mirror, commit, at) });
  }
  return ground(plan, (path) => found.get(path));
}

async function textAt(mirror: Mirror, commit: string, path: string): Promise<string | null> {
  const blob = await mirror.readBlob(commit, path);
  return blob === undefined || blob.includes(0) ? null : blob.toString("utf8");
}

/** Who will carry it out; undefined where the file asks for somebody that the operator does not offer, which the work will say. */
function workerOf({ deps, admitted }: CommandRun): string | undefined {
  const { backend, models } = admitted.config.agent;
  try {
    return deps.backendFor({ backend, model: models.code })?.name;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
