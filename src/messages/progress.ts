import { list, sentence } from "./markdown.ts";

export interface ProgressText {
  readonly calls: number;
  readonly tokens: number;
  /** US dollars; null where the price is not known. */
  readonly usd: number | null;
  readonly minutes: number;
  /** What it did last, oldest first. */
  readonly actions: readonly string[];
}

/** What an agent at work has done so far; stands below the words that it began. */
export function progressText(progress: ProgressText): string {
  const spent = [
    `${progress.calls} model ${progress.calls === 1 ? "call" : "calls"}`,
    `${progress.tokens.toLocaleString("en-US")} tokens`,
    ...(progress.usd === null ? [] : [`$${progress.usd.toFixed(2)}`]),
    `${progress.minutes} min`,
  ].join(" · ");
  if (progress.actions.length === 0) return `<sub>${spent}</sub>`;
  return `**What it does now**\n${list(progress.actions.map(sentence))}\n\n<sub>${spent}</sub>`;
}
