/** What a model did and cost, in half a line. Money is shown only where the model's price is known. */
export function usageText(usage: {
  steps: number;
  inputTokens: number;
  outputTokens: number;
  usd: number;
  priced: boolean;
}): string {
  const tokens = (usage.inputTokens + usage.outputTokens).toLocaleString("en-US");
  const calls = `${usage.steps} model ${usage.steps === 1 ? "call" : "calls"}`;
  return `${calls} · ${tokens} tokens${usage.priced ? ` · $${usage.usd.toFixed(2)}` : ""}`;
}
