import { describeActor, type Actor } from "../auth.ts";
import type { GitHub } from "../state/github.ts";

interface Counter {
  used: number;
  /** Epoch seconds at which it starts anew. */
  reset: number;
}

/** Counts requests per actor and hour, as the primary rate limit does; it is told in headers, and refused only by a fault. */
export class RateCounters {
  readonly #counters = new Map<string, Counter>();

  /** Counts `cost` requests (0: only looks) and gives what GitHub would tell. */
  count(github: GitHub, actor: Actor, cost: number): { limit: number; used: number; remaining: number; reset: number } {
    const now = Math.floor(github.now().getTime() / 1000);
    const key = describeActor(actor);
    let counter = this.#counters.get(key);
    if (!counter || counter.reset <= now) {
      counter = { used: 0, reset: now + 3600 };
      this.#counters.set(key, counter);
    }
    counter.used += cost;
    const limit = actor.kind === "anonymous" ? 60 : 5000;
    return { limit, used: counter.used, remaining: Math.max(0, limit - counter.used), reset: counter.reset };
  }
}

/** The `X-RateLimit-*` headers. */
export function rateHeaders(rate: ReturnType<RateCounters["count"]>): Record<string, string> {
  return {
    "X-RateLimit-Limit": String(rate.limit),
    "X-RateLimit-Remaining": String(rate.remaining),
    "X-RateLimit-Reset": String(rate.reset),
    "X-RateLimit-Used": String(rate.used),
    "X-RateLimit-Resource": "core",
  };
}
