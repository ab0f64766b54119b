import { isFinal } from "../src/domain/run.ts";
import { Cancelled, LeaseLost, messageOf, RateLimited } from "../src/errors.ts";
import type { Log } from "../src/log.ts";
import type { Lease, Run, Store } from "../src/store/port.ts";

export interface RunSettings {
  /** How long a lease outlives the last sign of life. */
  leaseMs: number;
  renewMs: number;
  cancelPollMs: number;
  /** How long a run stays away, the first time, when another run of its thread is at work; it doubles up to `longestThreadWaitMs`. */
  threadRetryMs: number;
  /** Waits between the looks for a write whose answer was lost. GitHub's replicas may lag a few seconds behind a write. */
  lookAgainMs: readonly number[];
  /** How long a run stays away, the first time, when GitHub does not show what its delivery names; it doubles, three times at most. */
  lagMs: number;
  /** How long a run stays away when its agent cannot be had, time by time; the last one holds for all that follow. */
  parkMs: readonly number[];
  /** When an agent's progress is shown for the first time; then after twice as long each time, up to a minute. */
  progressMs: number;
}

export const runDefaults: RunSettings = {
  leaseMs: 15_000,
  renewMs: 5_000,
  cancelPollMs: 1_000,
  threadRetryMs: 200,
  lookAgainMs: [200, 800, 2_000, 4_000],
  lagMs: 1_000,
  parkMs: [1, 2, 5, 10, 15].map((minutes) => minutes * 60_000),
  progressMs: 10_000,
};

const longestThreadWaitMs = 5_000;

function threadWait(settings: RunSettings, attempt: number): number {
  return Math.min(settings.threadRetryMs * 2 ** Math.min(attempt - 1, 10), longestThreadWaitMs);
}

export interface KeptLease {
  /** Aborted with the outer signal's reason, with `Cancelled`, or with `LeaseLost`. */
  readonly signal: AbortSignal;
  readonly lease: Lease;
  /** @throws LeaseLost when the lease is somebody else's */
  readonly fence: () => Promise<void>;
  /** To be told when the store no longer takes the lease for ours. @throws LeaseLost always */
  readonly lost: () => never;
  /** Stops the heart-beat and gives the lease back. Never throws. */
  readonly release: () => Promise<void>;
}

interface Keeping {
  readonly store: Pick<Store, "runs" | "leases">;
  readonly outer: AbortSignal;
  readonly settings: RunSettings;
  /** How often the job was started, put-backs included: the longer a run waits, the more seldom it looks. */
  readonly attempt: number;
  readonly log: Log;
}

/**
 * Takes the lease and keeps it alive, while watching whether the run is to be cancelled.
 * @throws RateLimited when somebody else has it: the job is to come back later
 */
export async function keepLease(
  key: string,
  run: Run,
  { store, outer, settings, attempt, log }: Keeping,
): Promise<KeptLease> {
  const { leases, runs } = store;
  const token = await leases.acquire(key, run.id, settings.leaseMs);
  if (token === null) throw new RateLimited("another run of this thread is at work", threadWait(settings, attempt));

  const controller = new AbortController();
  const gone = (): LeaseLost => new LeaseLost(`run ${run.id} no longer has the lease on ${key}`);
  const lost = (): never => {
    const error = gone();
    controller.abort(error);
    throw error;
  };
  let renewed = performance.now();

  const heartBeat = repeat(settings.renewMs, async () => {
    const asked = performance.now();
    try {
      if (await leases.renew(key, token, settings.leaseMs)) renewed = asked;
      else controller.abort(gone());
    } catch (error) {
      log.warn({ error: messageOf(error) }, "the lease could not be renewed");
      if (performance.now() - renewed > settings.leaseMs) controller.abort(gone());
    }
  });
  const watch = repeat(settings.cancelPollMs, async () => {
    try {
      const now = await runs.get(run.id);
      const why = now === null ? gone() : reasonToStop(now);
      if (why !== null) controller.abort(why);
    } catch (error) {
      log.debug({ error: messageOf(error) }, "could not see whether the run is to be cancelled");
    }
  });
  const pass = (): void => controller.abort(outer.reason);
  if (outer.aborted) pass();
  outer.addEventListener("abort", pass, { once: true });

  return {
    signal: controller.signal,
    lease: { key, token },
    lost,
    async fence() {
      if (!(await leases.holds(key, token))) lost();
    },
    async release() {
      outer.removeEventListener("abort", pass);
      await Promise.all([heartBeat.stop(), watch.stop()]);
      await leases
        .release(key, token)
        .catch((error: unknown) => log.warn({ error: messageOf(error) }, "the lease is left to run out"));
    },
  };
}

const supersededPrefix = "run:";
export const newerRun = "A newer run took its place.";

/** What `cancelRequestedBy` says when not a person but a newer run asks; no login holds a colon. */
export function supersededBy(run: Pick<Run, "id">): string {
  return `${supersededPrefix}${run.id}`;
}

/** Whether a newer run took its place, or is about to. */
export function isSuperseded({ state, cancelRequestedBy }: Run): boolean {
  return state === "superseded" || cancelRequestedBy?.startsWith(supersededPrefix) === true;
}

/** Why this run must not go on, or null. */
export function reasonToStop(run: Run): Cancelled | LeaseLost | null {
  if (run.state === "superseded") return new Cancelled("superseded", newerRun);
  if (isFinal(run.state)) return new LeaseLost(`run ${run.id} was ended by somebody else`);
  const by = run.cancelRequestedBy;
  if (by === null) return null;
  return by.startsWith(supersededPrefix)
    ? new Cancelled("superseded", newerRun)
    : new Cancelled("cancelled", `Cancelled by @${by}.`);
}

/** Calls again and again, never twice at once; `stop` waits for a call under way. */
function repeat(everyMs: number, work: () => Promise<void>): { stop(): Promise<void> } {
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= work().finally(() => (running = null));
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
