/** How long an account may have commands run in sandboxes, within any 24 hours. */

/** One command that ran, or runs. */
export interface Use {
  /** Milliseconds since it began. */
  readonly ageMs: number;
  /** Milliseconds that it ran, until now at most. */
  readonly ms: number;
}

export const quotaWindowMs = 86_400_000;

/**
 * How long it takes until an account may go on: 0 when it has some of its quota left. A use counts in full until it is a whole window old.
 * @param uses in any order
 * @param limitMs the quota, in milliseconds; more than 0
 */
export function untilQuotaMs(uses: readonly Use[], limitMs: number): number {
  const oldestFirst = uses.filter(({ ageMs }) => ageMs < quotaWindowMs).toSorted((a, b) => b.ageMs - a.ageMs);
  let used = oldestFirst.reduce((sum, { ms }) => sum + ms, 0);
  let wait = 0;
  for (const { ageMs, ms } of oldestFirst) {
    if (used < limitMs) break;
    used -= ms;
    wait = quotaWindowMs - ageMs;
  }
  return wait;
}
