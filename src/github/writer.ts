/**
 * The one way to change GitHub. A worker may be paused, replaced or killed at any moment, and an answer may be lost; so:
 * look first (marker, `external_id`, state), ask the fence directly before the change, change once, and when the outcome is
 * unknown look again until the change is seen or it is fair to say that it did not happen. GitHub knows no fencing token, so the
 * fence narrows the window and the look closes it.
 */
import type { Log } from "../log.ts";
import { isUnknownOutcome, unknownOutcome } from "./failures.ts";

export interface Writer {
  /**
   * Creates a thing unless it is there. `look` finds it by what identifies it; `create` is tried once. What this writer has made
   * stays known to it by `what`, for a lagging replica may not show it yet.
   */
  ensure<T>(what: string, look: () => Promise<T | null>, create: () => Promise<T>): Promise<T>;
  /** A change that may be repeated without harm (an edit to a wanted state). */
  put<T>(what: string, change: () => Promise<T>): Promise<T>;
}

export interface WriterOptions {
  /** Throws LeaseLost when the run is no longer ours. */
  fence: () => Promise<void>;
  log: Log;
  /** Waits between looks after an unknown outcome, in milliseconds. GitHub's replicas may lag a few seconds behind a write. */
  lookAgainAfter?: readonly number[];
}

export function createWriter({ fence, log, lookAgainAfter = [200, 800, 2_000, 4_000] }: WriterOptions): Writer {
  const made = new Map<string, unknown>();
  const keep = <T>(what: string, thing: T): T => {
    made.set(what, thing);
    return thing;
  };
  return {
    async ensure<T>(what: string, look: () => Promise<T | null>, create: () => Promise<T>) {
      // `what` names one thing of one kind, so what was kept under it has the type of what is looked for.
      const found = (await look()) ?? (made.get(what) as T | undefined);
      if (found !== undefined) return found;
      await fence();
      try {
        return keep(what, await create());
      } catch (error) {
        if (!isUnknownOutcome(error)) throw error;
        log.warn({ what, error }, "outcome of a write is unknown, looking again");
        for (const wait of lookAgainAfter) {
          await new Promise((resolve) => setTimeout(resolve, wait));
          const late = await look();
          if (late !== null) return keep(what, late);
        }
        throw unknownOutcome(what, error);
      }
    },
    async put(what, change) {
      await fence();
      try {
        return await change();
      } catch (error) {
        if (isUnknownOutcome(error)) throw unknownOutcome(what, error);
        throw error;
      }
    },
  };
}
