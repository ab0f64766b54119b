/** What is expected of work: two ends each. */
export interface EstimateText {
  readonly size: string;
  readonly calls: Ends;
  /** Null where they are counted elsewhere. */
  readonly tokens: Ends | null;
  /** US dollars; null where the price is not known. */
  readonly usd: Ends | null;
  /** What one run may use, and which of it the upper end is above. */
  readonly budget: { readonly steps: number; readonly tokens: number; readonly usd: number };
  readonly over: readonly ("steps" | "tokens" | "usd")[];
}

type Ends = readonly [number, number];

/** One line, and a second one when the work may not fit into the budget. */
export function estimateText({ size, calls, tokens, usd, budget, over }: EstimateText): string {
  const money = (value: number) => `$${value.toFixed(2)}`;
  const limits =
    usd === null
      ? `budget ${budget.steps} calls, ${short(budget.tokens)} tokens`
      : `budget ${money(budget.usd).replace(/\.00$/, "")}`;
  const parts = [
    size,
    `about ${range(calls, String)} model calls`,
    ...(tokens === null
      ? ["tokens and cost are counted by the service that does it"]
      : [`${range(tokens, short)} tokens`, usd === null ? "price of the model not known" : moneyRange(usd), limits]),
  ];
  const line = `**Estimate:** ${parts.join(" · ")}`;
  if (over.length === 0) return line;
  const words = {
    steps: `${calls[1]} model calls of ${budget.steps}`,
    tokens: `${short(tokens?.[1] ?? 0)} tokens of ${short(budget.tokens)}`,
    usd: `${money(usd?.[1] ?? 0)} of ${money(budget.usd)}`,
  };
  return `${line}\n\n⚠️ **This may not fit into the budget of one run**: at worst ${over.map((key) => words[key]).join(", ")}. Work stops where the budget ends. Ask for a smaller plan with \`/codegen revise\`, or raise ${over.map((key) => `\`agent.budget.${key}\``).join(", ")} in \`.codegen.yml\`.`;
}

function range([from, to]: Ends, show: (value: number) => string): string {
  const [low, high] = [show(from), show(to)];
  return low === high ? low : `${low}–${high}`;
}

function moneyRange([from, to]: Ends): string {
  if (to < 0.01) return "less than $0.01";
  return `$${range([from, to], (value) => value.toFixed(2))}`;
}

/** Two digits are as many as a guess has: 950, 60k, 1.2M. */
function short(value: number): string {
  const rounded = Number(value.toPrecision(2));
  if (rounded >= 1e6) return `${rounded / 1e6}M`;
  return rounded >= 1e3 ? `${rounded / 1e3}k` : String(rounded);
}
