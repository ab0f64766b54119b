import type { AgentMemory, AgentSession } from "../src/agents/port.ts";
import type { CommandRun } from "./command-run.ts";
import type { PipelineDeps } from "./deps.ts";

/** The steps in which an agent works; a run has one of them at most. */
const agentSteps = { plan: "think", agent: "work" } as const;

/** How an agent works in a run: its budget, its end, and what it finds again when the step is begun anew. */
export function sessionOf(run: CommandRun, kind: keyof typeof agentSteps): AgentSession {
  return {
    budget: run.admitted.config.agent.budget,
    signal: run.signal,
    onProgress: run.onProgress,
    memory: memoryOf(run.deps, run.id, kind, run.step),
  };
}

/** Stops what a run that has ended left going on elsewhere. */
export async function abandonWork(deps: PipelineDeps, runId: string, kind: string): Promise<void> {
  if (kind !== "plan" && kind !== "agent") return;
  const never = () => Promise.reject(new Error("a run that has ended begins nothing"));
  await deps.abandon(memoryOf(deps, runId, kind, never));
}

function memoryOf(
  { store }: Pick<PipelineDeps, "store">,
  runId: string,
  kind: keyof typeof agentSteps,
  step: CommandRun["step"],
): AgentMemory {
  const nameOf = (name: string) => `${agentSteps[kind]}: ${name}`;
  return {
    key: `${runId}/${agentSteps[kind]}`,
    once: (name, work) => step(nameOf(name), work),
    recall: async (name) => (await store.steps.finished(runId, nameOf(name)))?.result,
  };
}
