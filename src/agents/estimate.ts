import type { AgentBudget, AgentUsage, ProposedPlan } from "./port.ts";
import { costOf, priceOf } from "./prices.ts";

/** What carrying out a plan will probably take: two ends each, the lower one for work that goes well. */
export interface Estimate {
  readonly size: "small" | "medium" | "large";
  /** Model calls. */
  readonly calls: Range;
  /** Null where the planning was counted elsewhere. */
  readonly tokens: Range | null;
  /** US dollars; null where the price of the model is not known. */
  readonly usd: Range | null;
  /** What a run may use, and which of it the upper end is above. */
  readonly budget: Pick<AgentBudget, "steps" | "tokens" | "usd">;
  readonly over: readonly ("steps" | "tokens" | "usd")[];
}

export type Range = readonly [from: number, to: number];

export interface EstimateFacts {
  readonly plan: Pick<ProposedPlan, "files" | "steps" | "tests">;
  /** What making the plan used. */
  readonly used: AgentUsage;
  /** Who planned and who will work, as `PROVIDER:NAME`; undefined where nobody knows who will. */
  readonly planner: string;
  readonly worker: string | undefined;
  readonly budget: Pick<AgentBudget, "steps" | "tokens" | "usd">;
}

/** Points up to which a plan is called so: two for a file, one for a step, one for a test. */
const sizes = { small: 12, medium: 30 } as const;
/** A longer conversation has longer calls, for each one repeats what was said; the loop's limit of context ends that. */
const mostGrowth = 2;

/**
 * A rule of thumb, not a measurement. Model calls: at best two to look around and to finish, two for each file (read, change) and one for
 * each test; at worst three times that for the files and tests, and two for each step, for what fails and is mended. Tokens: what a call of
 * the planning used on average, at the upper end more in the proportion in which the work is longer. Money: at the lower end at the rate
 * of the planning (which has the provider's cache in it) when the same model works, else at list prices, without a cache.
 */
export function estimate({ plan, used, planner, worker, budget }: EstimateFacts): Estimate {
  const [files, steps, tests] = [plan.files.length, plan.steps.length, plan.tests.length];
  const points = 2 * files + steps + tests;
  const size = points <= sizes.small ? "small" : points <= sizes.medium ? "medium" : "large";
  const atBest = 2 + 2 * files + tests;
  const calls: Range = [atBest, 2 + 3 * (atBest - 2) + 2 * steps];
  const spent = used.inputTokens + used.outputTokens;
  const tokens = used.steps === 0 || spent === 0 ? null : tokensOf(calls, spent / used.steps, used.steps);
  const price = worker === undefined ? undefined : priceOf(modelOf(worker));
  const usd =
    tokens === null || price === undefined
      ? null
      : moneyOf(
          tokens,
          costOf({ input: used.inputTokens, cachedInput: 0, output: used.outputTokens }, price) / spent,
          used.priced && planner === worker ? used.usd / spent : Infinity,
        );
  const upper = { steps: calls[1], tokens: tokens?.[1] ?? 0, usd: usd?.[1] ?? 0 };
  const over = (["steps", "tokens", "usd"] as const).filter((key) => upper[key] > budget[key]);
  return { size, calls, tokens, usd, budget: { steps: budget.steps, tokens: budget.tokens, usd: budget.usd }, over };
}

function tokensOf([from, to]: Range, perCall: number, planned: number): Range {
  const growth = Math.min(mostGrowth, Math.max(1, to / planned));
  return [Math.round(from * perCall), Math.round(to * perCall * growth)];
}

function moneyOf([from, to]: Range, listRate: number, ownRate: number): Range {
  return [from * Math.min(listRate, ownRate), to * listRate];
}

/** `anthropic:claude-sonnet-5` → `claude-sonnet-5`. */
function modelOf(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
