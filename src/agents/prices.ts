/** US dollars per million tokens. */
export interface Price {
  readonly input: number;
  readonly cachedInput: number;
  readonly output: number;
}

/** What one model call used. `cachedInput` is the part of `input` that the provider read from its cache. */
export interface CallTokens {
  readonly input: number;
  readonly cachedInput: number;
  readonly output: number;
}

/**
 * List prices of November 2026, from the providers' price pages (https://platform.claude.com/docs/en/about-claude/pricing,
 * https://developers.openai.com/api/docs/pricing). A budget needs the order of magnitude, so a newer model of a family may cost what its
 * family costs; where prices within a name differ by size of the prompt, the higher one is taken. Gemini's are those of May 2026
 * (https://ai.google.dev/gemini-api/docs/pricing).
 */
const prices: Readonly<Record<string, Price>> = {
  "claude-fable": { input: 10, cachedInput: 1, output: 50 },
  "claude-mythos": { input: 10, cachedInput: 1, output: 50 },
  "claude-opus": { input: 5, cachedInput: 0.5, output: 25 },
  "claude-opus-4": { input: 15, cachedInput: 1.5, output: 75 },
  "claude-opus-4-5": { input: 5, cachedInput: 0.5, output: 25 },
  "claude-opus-4-6": { input: 5, cachedInput: 0.5, output: 25 },
  "claude-opus-4-7": { input: 5, cachedInput: 0.5, output: 25 },
  "claude-opus-4-8": { input: 5, cachedInput: 0.5, output: 25 },
  "claude-opus-5-5": { input: 4, cachedInput: 0.2, output: 20 },
  "claude-sonnet": { input: 3, cachedInput: 0.3, output: 15 },
  "claude-sonnet-5": { input: 2, cachedInput: 0.2, output: 10 },
  "claude-haiku": { input: 1, cachedInput: 0.1, output: 5 },
  "claude-haiku-5-5": { input: 0.5, cachedInput: 0.05, output: 2.5 },
  "gemini-2.5-pro": { input: 2.5, cachedInput: 0.25, output: 15 },
  "gemini-2.5-flash": { input: 0.3, cachedInput: 0.03, output: 2.5 },
  "gemini-2.5-flash-lite": { input: 0.1, cachedInput: 0.01, output: 0.4 },
  "gemini-3-pro": { input: 4, cachedInput: 0.4, output: 18 },
  "gemini-3-flash": { input: 0.5, cachedInput: 0.05, output: 3 },
  "gemini-3.1-pro": { input: 4, cachedInput: 0.4, output: 18 },
  "gemini-3.1-flash-lite": { input: 0.25, cachedInput: 0.025, output: 1.5 },
  "gemini-3.5-flash": { input: 1.5, cachedInput: 0.15, output: 9 },
  "gpt-4o": { input: 2.5, cachedInput: 1.25, output: 10 },
  "gpt-4o-mini": { input: 0.15, cachedInput: 0.075, output: 0.6 },
  "gpt-4.1": { input: 2, cachedInput: 0.5, output: 8 },
  "gpt-4.1-mini": { input: 0.4, cachedInput: 0.1, output: 1.6 },
  "gpt-5": { input: 1.25, cachedInput: 0.125, output: 10 },
  "gpt-5-mini": { input: 0.25, cachedInput: 0.025, output: 2 },
  "gpt-5-nano": { input: 0.05, cachedInput: 0.005, output: 0.4 },
  "gpt-5-pro": { input: 15, cachedInput: 15, output: 120 },
  "gpt-5.1": { input: 1.25, cachedInput: 0.125, output: 10 },
  "gpt-5.2": { input: 1.75, cachedInput: 0.175, output: 14 },
  "gpt-5.2-pro": { input: 21, cachedInput: 21, output: 168 },
  "gpt-5.4": { input: 2.5, cachedInput: 0.25, output: 15 },
  "gpt-5.5": { input: 5, cachedInput: 0.5, output: 30 },
  "gpt-5.5-pro": { input: 30, cachedInput: 30, output: 180 },
};

/**
 * The price of a model by the longest entry that its name begins with, whole parts only (`gpt-5` is no beginning of `gpt-5.5`).
 * A vendor before a slash does not count. Undefined when the model is not known.
 */
export function priceOf(model: string): Price | undefined {
  const name = model.slice(model.lastIndexOf("/") + 1).toLowerCase();
  const known = Object.keys(prices)
    .filter((prefix) => name === prefix || (name.startsWith(prefix) && /^[-@:]/.test(name.slice(prefix.length))))
    .toSorted((one, other) => other.length - one.length);
  return known[0] === undefined ? undefined : prices[known[0]];
}

/** US dollars. */
export function costOf(tokens: CallTokens, price: Price): number {
  const fresh = tokens.input - tokens.cachedInput;
  return (fresh * price.input + tokens.cachedInput * price.cachedInput + tokens.output * price.output) / 1e6;
}
