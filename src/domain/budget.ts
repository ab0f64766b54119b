/** What an agent may use, from three limits at once: of the run, of everything for its pull, and of the repository within a day. */

/** Model calls, minutes of work, tokens in and out, US dollars. */
export interface Amounts {
  readonly steps: number;
  readonly minutes: number;
  readonly tokens: number;
  readonly usd: number;
}

export interface Limits {
  readonly run: Amounts;
  readonly pull: Amounts;
  readonly day: Amounts;
}

export type Allowance =
  /** `settings` names, for each amount, the key of `.codegen.yml` that limits it. */
  | { readonly end: "granted"; readonly amounts: Amounts; readonly settings: Readonly<Record<keyof Amounts, string>> }
  | { readonly end: "spent"; readonly scope: keyof Limits; readonly setting: string; readonly limit: number };

/** With less than this left of something, no agent gets anywhere. */
const least: Amounts = { steps: 1, minutes: 0.05, tokens: 1_000, usd: 0.000_001 };
const keys = ["steps", "minutes", "tokens", "usd"] as const;

/** The smallest of what is left under each limit, or the first limit that is used up. */
export function allow(limits: Limits, spent: Limits): Allowance {
  const left = {
    run: minus(limits.run, spent.run),
    pull: minus(limits.pull, spent.pull),
    day: minus(limits.day, spent.day),
  };
  for (const scope of scopes)
    for (const key of keys)
      if (left[scope][key] < least[key])
        return { end: "spent", scope, setting: settingOf(scope, key), limit: limits[scope][key] };
  const tightest = (key: keyof Amounts): keyof Limits =>
    scopes.reduce((best, scope) => (left[scope][key] < left[best][key] ? scope : best));
  return {
    end: "granted",
    amounts: each((key) => left[tightest(key)][key]),
    settings: each((key) => settingOf(tightest(key), key)),
  };
}

const scopes = ["run", "pull", "day"] as const;

function settingOf(scope: keyof Limits, key: keyof Amounts): string {
  return scope === "run" ? `agent.budget.${key}` : `agent.budget.${scope}.${key}`;
}

function minus(limit: Amounts, spent: Amounts): Amounts {
  return each((key) => limit[key] - spent[key]);
}

function each<T>(give: (key: keyof Amounts) => T): Record<keyof Amounts, T> {
  return { steps: give("steps"), minutes: give("minutes"), tokens: give("tokens"), usd: give("usd") };
}
