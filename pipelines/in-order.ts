/**
 * The commands of one comment make a job each. One that comes after a command that steers, or that is answered at once, begins when that is done: a hold
 * holds the merge below it, and answers come in the order of the questions. Nothing waits for work that takes its time.
 */
import { isFinal } from "../src/domain/run.ts";
import { RateLimited } from "../src/errors.ts";
import type { PipelineDeps } from "./deps.ts";
import { jobId, type Jobs } from "./jobs.ts";
import type { JobContext } from "./worker.ts";

const lookAgainMs = 300;
/** A job that has opened no run by then was dropped. */
const looks = 50;

/** @throws RateLimited while one of the commands before it is not done */
export async function awaitEarlier(
  { store }: PipelineDeps,
  { delivery, trigger }: Pick<Jobs["reply"], "delivery" | "trigger">,
  { attempt, lastAttempt }: Pick<JobContext, "attempt" | "lastAttempt">,
): Promise<void> {
  // Who has no further try has waited long enough, or has only its last words to say.
  if (trigger.kind !== "comment" || lastAttempt) return;
  for (const index of trigger.after ?? []) {
    const run = await store.runs.byJob(jobId(delivery, index));
    if (run === null ? attempt <= looks : !isFinal(run.state))
      throw new RateLimited("a command above it in its comment comes first", lookAgainMs);
  }
}
