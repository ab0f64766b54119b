import { describeActor, type Actor } from "../auth.ts";
import type { GitHub } from "../state/github.ts";

interface Counter {
  used: number;
  /** Epoch seconds at which it starts anew. */
  reset: number;
}

/** What has a limit of its own. */
export type Resource = "core" | "graphql";

export interface Rate {
  limit: number;
  used: number;
  remaining: number;
  /** Epoch seconds. */
  reset: number;
}

/** Counts requests per actor, resource and hour, as the primary rate limit does; it is told in headers, and refused only by a fault. */
export class RateCounters {
  readonly #counters = new Map<string, Counter>();

  /** Counts `cost` requests (0: only looks) and gives what GitHub would tell. */
  count(github: GitHub, actor: Actor, resource: Resource, cost: number): Rate {
    const now = Math.floor(github.now().getTime() / 1000);
    const key = `${resource} ${describeActor(actor)}`;
    let counter = this.#counters.get(key);
    if (!counter || counter.reset <= now) {
      counter = { used: 0, reset: now + 3600 };
      this.#counters.set(key, counter);
    }
    counter.used += cost;
    const limit = actor.kind === "anonymous" ? unknownMay[resource] : 5000;
    return { limit, used: counter.used, remaining: Math.max(0, limit - counter.used), reset: counter.reset };
  }
}

/** Without a token there is no GraphQL. */
const unknownMay: Readonly<Record<Resource, number>> = { core: 60, graphql: 0 };

/** The `X-RateLimit-*` headers. */
export function rateHeaders(rate: Rate, resource: Resource): Record<string, string> {
  return {
    "X-RateLimit-Limit": String(rate.limit),
    "X-RateLimit-Remaining": String(rate.remaining),
    "X-RateLimit-Reset": String(rate.reset),
    "X-RateLimit-Used": String(rate.used),
    "X-RateLimit-Resource": resource,
  };
}
