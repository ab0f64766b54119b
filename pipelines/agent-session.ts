import type { AgentSession } from "../src/agents/port.ts";
import type { CommandRun } from "./command-run.ts";

/** How an agent works in a step of a run: its budget, its end, and what it finds again when the step is begun anew. */
export function sessionOf(run: CommandRun, step: string): AgentSession {
  return {
    budget: run.admitted.config.agent.budget,
    signal: run.signal,
    onProgress: run.onProgress,
    memory: { key: `${run.id}/${step}`, once: (name, work) => run.step(`${step}: ${name}`, work) },
  };
}
