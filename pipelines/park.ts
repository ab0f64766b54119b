import { RateLimited } from "../src/errors.ts";
import type { Message } from "../src/messages/message.ts";
import type { CommandRun } from "./command-run.ts";
import { say } from "./say.ts";

const parkedEvent = "run.parked";

/**
 * Puts a run away because its agent cannot be had, and has it taken up again later: at growing intervals, until the queue gives up on a
 * job that is a day old. The person is told the first time.
 * @throws RateLimited always
 */
export async function park(
  run: CommandRun,
  reason: string,
  told: (by: string, reason: string) => Message,
): Promise<never> {
  const { store, settings } = run.deps;
  const events = await store.events.of(run.id);
  const before = events.filter(({ name }) => name === parkedEvent).length;
  if (before === 0) await say(run, told(run.admitted.request.actor, reason));
  await store.events.append({ runId: run.id, name: parkedEvent, data: { reason } });
  throw new RateLimited(reason, settings.parkMs[Math.min(before, settings.parkMs.length - 1)] ?? 60_000);
}
