import type { AgentUsage } from "../src/agents/port.ts";
import type { CommandRun } from "./command-run.ts";

/** Books what a model used in a step. */
export async function keepUsage(run: CommandRun, step: string, model: string, usage: AgentUsage): Promise<void> {
  const { inputTokens, outputTokens, usd } = usage;
  await run.deps.store.usage.add({ runId: run.id, step, model, inputTokens, outputTokens, usd });
}
