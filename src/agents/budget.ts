import type { AgentBudget, AgentUsage } from "./port.ts";
import { costOf, type CallTokens, type Price } from "./prices.ts";

/** What a session may still use. Asked before every model call; `signal` stops what is under way when the time is up. */
export interface BudgetMeter {
  readonly signal: AbortSignal;
  usage(): AgentUsage;
  add(tokens: CallTokens): void;
  /** The sentence for the person, when the next call (with an input of about this many tokens) must not be made. */
  exhausted(nextInput: number): string | undefined;
  stepsLeft(): number;
  msLeft(): number;
}

const longestTimer = 2 ** 31 - 1;

/** Starts the clock of a session. Without a price the usd budget cannot be held, and `usage().priced` says so. */
export function startBudget(budget: AgentBudget, price: Price | undefined): BudgetMeter {
  const started = performance.now();
  const ms = Math.max(0, budget.minutes * 60_000);
  const signal = AbortSignal.timeout(Math.min(longestTimer, Math.ceil(ms)));
  let steps = 0;
  let input = 0;
  let output = 0;
  let usd = 0;
  const msLeft = () => ms - (performance.now() - started);
  return {
    signal,
    usage: () => ({ steps, inputTokens: input, outputTokens: output, usd, priced: price !== undefined }),
    add: (tokens) => {
      steps += 1;
      input += tokens.input;
      output += tokens.output;
      if (price) usd += costOf(tokens, price);
    },
    exhausted: (nextInput) => {
      if (signal.aborted || msLeft() <= 0) return spent(budget, "minutes", `${rounded(budget.minutes)} minutes`);
      if (steps >= budget.steps) return spent(budget, "steps", `${budget.steps} steps`);
      if (input + output + nextInput > budget.tokens)
        return spent(budget, "tokens", `${budget.tokens.toLocaleString("en-US")} tokens`);
      const next = price ? costOf({ input: nextInput, cachedInput: nextInput, output: 0 }, price) : 0;
      if (price && usd + next > budget.usd) return spent(budget, "usd", `${rounded(budget.usd)} US dollars`);
      return undefined;
    },
    stepsLeft: () => budget.steps - steps,
    msLeft,
  };
}

function spent(budget: AgentBudget, key: "steps" | "tokens" | "usd" | "minutes", amount: string): string {
  const setting = budget.settings?.[key] ?? `agent.budget.${key}`;
  return `The agent's budget of ${amount} is used up before it was done. Ask for a smaller piece, or raise \`${setting}\` in \`.codegen.yml\`.`;
}

function rounded(amount: number): number {
  return Number(amount >= 1 ? amount.toFixed(2) : amount.toPrecision(2));
}
