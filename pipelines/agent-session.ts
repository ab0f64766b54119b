import type { AgentBackend, AgentMemory, AgentOutcome, AgentSession, PublishedWork } from "../src/agents/port.ts";
import type { Message } from "../src/messages/message.ts";
import type { CommandRun } from "./command-run.ts";
import type { PipelineDeps } from "./deps.ts";
import { park } from "./park.ts";
import { followProgress } from "./progress.ts";
import { budgetFor, keepUsage } from "./usage.ts";

/** The steps in which an agent works; a run has one of them at most. */
const agentSteps = { plan: "think", agent: "work", fix: "work" } as const;

export interface Assignation {
  readonly kind: keyof typeof agentSteps;
  readonly agent: AgentBackend;
  /** The threads whose runs share a budget: a pull and its issue. */
  readonly numbers: readonly number[];
  /** The words that the agent began, below which its progress is shown. */
  readonly began: Message;
  readonly parked: (by: string, reason: string) => Message;
}

/**
 * Has an agent work in a run: within its budget, with its progress shown and its usage booked. An agent that is down parks the run.
 * @throws UserError when a budget is used up; RateLimited when the run is parked; what the signal was aborted with
 */
export async function askAgent<T extends AgentOutcome<unknown> | PublishedWork>(
  run: CommandRun,
  { kind, agent, numbers, began, parked }: Assignation,
  work: (session: AgentSession) => Promise<T>,
): Promise<T> {
  const budget = await budgetFor(run, numbers);
  const progress = followProgress(run, began);
  const startedAt = performance.now();
  let outcome: T;
  try {
    outcome = await work({
      budget,
      signal: run.signal,
      onProgress: progress.onProgress,
      memory: memoryOf(run.deps, run.id, kind, run.step),
    });
  } finally {
    await progress.stop();
  }
  // What a cancelled run used is used all the same.
  await keepUsage(run, agentSteps[kind], agent.name, outcome.usage, startedAt);
  run.signal.throwIfAborted();
  if (outcome.end === "unavailable" && outcome.passing) await park(run, outcome.reason, parked);
  return outcome;
}

/** Stops what a run that has ended left going on elsewhere. */
export async function abandonWork(deps: PipelineDeps, runId: string, kind: string): Promise<void> {
  if (kind !== "plan" && kind !== "agent" && kind !== "fix") return;
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
