import type { Redis } from "ioredis";
import { messageOf, StartError } from "../src/errors.ts";
import type { Log } from "../src/log.ts";

/**
 * Refuses a Redis that may throw jobs away. Eviction loses acknowledged work without a word, so it is an error;
 * a missing append-only file loses it on a crash only, so it is a warning.
 */
export async function checkRedis(client: Redis, place: string, log: Log): Promise<void> {
  const policy = await setting(client, "maxmemory-policy", log);
  if (policy !== undefined && policy !== "noeviction")
    throw new StartError(
      `The queue's Redis at ${place} has maxmemory-policy ${policy}: it may throw jobs away. Fix: CONFIG SET maxmemory-policy noeviction (and the same line in redis.conf).`,
    );
  const appendOnly = await setting(client, "appendonly", log);
  if (appendOnly !== undefined && appendOnly !== "yes")
    log.warn(
      { place },
      "the queue's Redis has appendonly off: a crash of Redis loses acknowledged jobs. Fix: CONFIG SET appendonly yes (and in redis.conf)",
    );
}

/** Undefined when this Redis does not let us look, as managed ones do; that is said once per setting. */
async function setting(client: Redis, name: string, log: Log): Promise<string | undefined> {
  try {
    const answer: unknown = await client.call("CONFIG", "GET", name);
    if (Array.isArray(answer)) return typeof answer[1] === "string" ? answer[1] : undefined;
    const value: unknown = answer instanceof Map ? answer.get(name) : undefined;
    return typeof value === "string" ? value : undefined;
  } catch (error) {
    if (!/NOPERM|unknown command|not allowed/i.test(messageOf(error))) throw error;
    log.warn({ setting: name }, "the queue's Redis does not show this setting: see to it that it does not lose jobs");
    return undefined;
  }
}
