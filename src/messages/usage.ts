/** What a model did and cost, in half a line. Money is shown only where the model's price is known; who works elsewhere counts there. */
export function usageText(usage: {
  steps: number;
  inputTokens: number;
  outputTokens: number;
  usd: number;
  priced: boolean;
}): string {
  if (usage.steps === 0) return countedElsewhere;
  const tokens = `${(usage.inputTokens + usage.outputTokens).toLocaleString("en-US")} tokens`;
  const calls = `${usage.steps} model ${usage.steps === 1 ? "call" : "calls"}`;
  return `${calls} · ${tokens}${usage.priced ? ` · $${usage.usd.toFixed(2)}` : ""}`;
}

/** What a whole run used, as the books have it. */
export function tokensText(usage: { inputTokens: number; outputTokens: number }): string {
  const tokens = usage.inputTokens + usage.outputTokens;
  return tokens === 0 ? countedElsewhere : `${tokens.toLocaleString("en-US")} tokens`;
}

/** Why no agent was started: what it may use is used up. */
export function budgetSpent(spent: { scope: "run" | "pull" | "day"; setting: string; limit: number }): string {
  const whose = {
    run: "this run",
    pull: "this issue and its pull request",
    day: "this repository within 24 hours",
  }[spent.scope];
  return `What agents may use for ${whose} is used up (\`${spent.setting}: ${spent.limit}\` in \`.codegen.yml\`), so no agent was started. Raise it, or ask again later.`;
}

const countedElsewhere = "what it used is counted by the service that did it";
