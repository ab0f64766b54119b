import type { AgentBudget, AgentUsage } from "../src/agents/port.ts";
import type { CodegenConfig } from "../src/config/schema.ts";
import { allow, type Amounts, type Limits } from "../src/domain/budget.ts";
import { UserError } from "../src/errors.ts";
import { budgetSpent } from "../src/messages/usage.ts";
import type { Spending } from "../src/store/port.ts";
import type { CommandRun } from "./command-run.ts";

/**
 * What an agent may use in this run now: under the limits of the run, of the pull with its issue, and of the repository within a day.
 * @param numbers the threads whose runs count for the pull
 * @throws UserError when one of the limits is used up
 */
export async function budgetFor(run: CommandRun, numbers: readonly number[]): Promise<AgentBudget> {
  const { usage } = run.deps.store;
  const { repo } = run.thread;
  const [before, pull, day] = await Promise.all([
    usage.ofRun(run.id),
    usage.of(repo, { numbers }),
    usage.of(repo, { withinMs: dayMs }),
  ]);
  const spent = { run: toAmounts(before), pull: toAmounts(pull), day: toAmounts(day) };
  const allowance = allow(limitsOfAgent(run.admitted.config), spent);
  if (allowance.end === "spent") throw new UserError(budgetSpent(allowance));
  return { ...allowance.amounts, settings: allowance.settings };
}

/** Books what a model used in a step, and the time since `startedAt` (`performance.now()`). */
export async function keepUsage(
  run: CommandRun,
  step: string,
  model: string,
  usage: AgentUsage,
  startedAt: number,
): Promise<void> {
  const { steps, inputTokens, outputTokens, usd } = usage;
  const ms = Math.round(performance.now() - startedAt);
  await run.deps.store.usage.add({ runId: run.id, step, model, steps, ms, inputTokens, outputTokens, usd });
}

const dayMs = 86_400_000;

function limitsOfAgent({ agent }: CodegenConfig): Limits {
  const { pull, day, ...run } = agent.budget;
  return { run, pull, day };
}

function toAmounts({ steps, ms, inputTokens, outputTokens, usd }: Spending): Amounts {
  return { steps, minutes: ms / 60_000, tokens: inputTokens + outputTokens, usd };
}
