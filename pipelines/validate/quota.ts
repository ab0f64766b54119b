import { quotaWindowMs, untilQuotaMs } from "../../src/domain/quota.ts";
import { RateLimited } from "../../src/errors.ts";
import type { ReadyScope } from "./decide.ts";
import { publishOutOfQuota } from "./publish.ts";
import type { Validation } from "./run-commands.ts";

/** The journal's name for the check that says so; its result is that check run's id. */
export const outOfQuotaStep = "out of quota";

/**
 * Puts a validation away while its account has no quota left, and says so in a check. What has begun is finished, since half of a validation is
 * of no use.
 * @throws RateLimited while there is none
 */
export async function awaitQuota(run: Validation, { head, commands }: ReadyScope): Promise<void> {
  const { store, quotaMinutes, settings, clock } = run.deps;
  if (quotaMinutes === null || commands.length === 0) return;
  if ((await store.steps.finished(run.id, "open")) !== undefined) return;
  const uses = await store.logs.uses(run.thread.repo.installation, quotaWindowMs);
  const wait = untilQuotaMs(uses, quotaMinutes * 60_000);
  if (wait === 0) return;
  const until = new Date(clock.now().getTime() + wait);
  await run.step(outOfQuotaStep, () => publishOutOfQuota(run, head, quotaMinutes, until));
  // The operator may give more in the meantime.
  const longest = settings.parkMs.at(-1) ?? wait;
  throw new RateLimited("The account is out of quota.", Math.min(wait, longest));
}
