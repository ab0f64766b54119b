import type { FailedDelivery } from "../../src/github/deliveries.ts";
import type { Run } from "../../src/store/port.ts";
import type { JobLookUp } from "../queue.ts";

/** In one pass; the rest comes in the next, so that an outage of ours does not end in a flood. */
const atOnce = 50;
/** A delivery that failed this often will fail again. */
const maxAttempts = 10;
/** What failed just now may be under way again by somebody's hand. */
const settleMs = 30_000;

/** Which failed deliveries are worth another attempt now: oldest first. */
export function decideRedeliveries(failed: readonly FailedDelivery[], now: Date): readonly FailedDelivery[] {
  return failed
    .filter(
      (delivery) =>
        delivery.attempts < maxAttempts && now.getTime() - new Date(delivery.deliveredAt).getTime() >= settleMs,
    )
    .toSorted((a, b) => a.deliveredAt.localeCompare(b.deliveredAt))
    .slice(0, atOnce);
}

/** Runs whose job will never come back: it ended without a word, or it is not there. */
export function decideOrphans(runs: readonly { run: Run; job: JobLookUp | null }[]): readonly Run[] {
  return runs
    .filter(({ job }) => job === null || job.state === "completed" || job.state === "failed" || job.state === "unknown")
    .map(({ run }) => run);
}
