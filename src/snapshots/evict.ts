import type { Scope } from "./about.ts";

export interface Candidate {
  readonly repository: number;
  readonly scope: Scope;
  readonly bytes: number;
  readonly usedAt: number;
  readonly inUse: boolean;
}

export interface Bounds {
  readonly now: number;
  /** Bytes of all together. */
  readonly bytes: number;
}

/** ms after which a snapshot goes that nobody used. */
export const unusedMs = 14 * 86_400_000;
/** Snapshots that one pull may have: each push can change the set-up, and only the last ones are of use. */
export const mostOfPull = 3;

/**
 * Which snapshots go: those that nobody used for 14 days, those of a pull beyond its last three, and what is above the bound. There pulls
 * pay first and then the least recently used, so that no contributor can push out what the base branch made. Nothing in use goes.
 */
export function decideEviction<T extends Candidate>(all: readonly T[], { now, bytes }: Bounds): readonly T[] {
  const gone = new Set<T>();
  const ofPull = new Map<string, number>();
  for (const one of all.toSorted((a, b) => b.usedAt - a.usedAt)) {
    const pull = `${one.repository} ${one.scope}`;
    const nth = (ofPull.get(pull) ?? 0) + 1;
    ofPull.set(pull, nth);
    const isTooMany = one.scope !== "base" && nth > mostOfPull;
    if (!one.inUse && (isTooMany || now - one.usedAt >= unusedMs)) gone.add(one);
  }
  let left = 0;
  for (const one of all) if (!gone.has(one)) left += one.bytes;
  const order = all
    .filter((one) => !one.inUse && one.bytes > 0 && !gone.has(one))
    .toSorted((a, b) => Number(a.scope === "base") - Number(b.scope === "base") || a.usedAt - b.usedAt);
  for (const one of order) {
    if (left <= bytes) break;
    gone.add(one);
    left -= one.bytes;
  }
  return [...gone];
}
