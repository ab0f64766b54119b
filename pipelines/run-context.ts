import type { RepoRef, Sha } from "../src/domain/ids.ts";
import { isFinal, type RunKind } from "../src/domain/run.ts";
import { Cancelled, LeaseLost, messageOf, RateLimited, TransientError, UserError } from "../src/errors.ts";
import type { Log } from "../src/log.ts";
import type { Run, Store } from "../src/store/port.ts";
import { shutdown } from "./job-outcome.ts";
import {
  keepLease,
  newerRun,
  reasonToStop,
  runDefaults,
  supersededBy,
  type KeptLease,
  type RunSettings,
} from "./run-lease.ts";
import type { JobContext } from "./worker.ts";

export type { RunSettings } from "./run-lease.ts";

export interface RunSpec {
  readonly kind: RunKind;
  readonly repo: RepoRef;
  /** The issue or pull. */
  readonly number: number;
  readonly head: Sha | null;
  /** The login of who asked. */
  readonly actor: string;
  /** Living runs of the same kind on the same thread that began earlier give way to this one. */
  readonly supersedes?: boolean;
  /**
   * Tells the person, after the run became `failed`: for a UserError at once, for others when no attempt is left.
   * Called again only when the worker died in the middle of it, so it has to find what it wrote.
   */
  onFailure(error: unknown, ending: RunEnding): Promise<void>;
  /** Called when another run has the thread, each time this one looks. @throws Cancelled when it gives way */
  onBusy?(ending: RunEnding): Promise<void>;
  /** Puts right what the person sees (check runs, status comment) after the run became `cancelled` or `superseded`; as above. */
  onCancelled?(error: Cancelled, ending: RunEnding): Promise<void>;
}

export interface RunDeps {
  readonly store: Pick<Store, "runs" | "steps" | "events" | "leases">;
  readonly job: JobContext;
  readonly settings?: Partial<RunSettings>;
}

export interface RunContext {
  readonly run: Run;
  /** Aborted on shutdown (reason `"shutdown"`), with `Cancelled`, or with `LeaseLost`. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /**
   * Does a named part of the run once: when the journal has its result, that is the answer and `work` is not called.
   * Results are JSON and come back as JSON, so a Date comes back as text, the first time as well.
   */
  readonly step: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** Ask right before every write to GitHub. @throws LeaseLost, Cancelled or the shutdown when this worker must not go on */
  readonly fence: () => Promise<void>;
  /**
   * To be called when GitHub does not know what the trigger names. A delivery may be faster than GitHub's own replicas, so at first
   * the job comes back later; after four tries the thing is gone, and this returns.
   * @throws RateLimited
   */
  readonly unseen: (what: string) => void;
  /** Shows the run as `waiting` while the story goes on, with one sentence for a person. */
  readonly waiting: (reason: string) => Promise<void>;
}

/** For the last words of a run: its signal may be aborted, but as long as the lease is ours we may still write. */
export interface RunEnding {
  readonly run: Run;
  readonly log: Log;
  readonly fence: () => Promise<void>;
}

export interface StoryEnd {
  readonly state: "succeeded" | "failed" | "waiting" | "superseded";
  /** One sentence for a person. */
  readonly reason?: string;
}

/**
 * Runs a story as a run: opened by the job's id, alone on its thread, journalled, and ended in a state that a person can see.
 * Runs of the kinds `control` and `reply` do not wait for the thread: they must get through while a run is at work.
 * A run that has already ended is left alone.
 * @throws what ended the story, for the worker to judge; RateLimited when another run has the thread
 */
export async function withRun(
  spec: RunSpec,
  deps: RunDeps,
  story: (context: RunContext) => Promise<StoryEnd>,
): Promise<void> {
  const { store, job } = deps;
  const run = await openRun(spec, store, job.jobId);
  const log = job.log.child({ run: run.id, kind: run.kind });
  if (isFinal(run.state)) {
    log.info({ state: run.state }, "run has already ended");
    await tellLate(run, spec, store, log);
    return;
  }
  const early = spec.supersedes === true ? await takePlace(store, run) : reasonToStop(run);
  if (early !== null) {
    // Nobody else acts for this run, and it holds no lease yet: its last words need no fence.
    await recordEnd(early, spec, deps, { run, log, fence: async () => undefined });
    throw early;
  }
  const settings = { ...runDefaults, ...deps.settings };
  const lease = await keepLease(leaseKey(run), run, {
    store,
    outer: job.signal,
    settings,
    attempt: job.attempt,
    log,
  }).catch((error: unknown) => busy(error, spec, deps, { run, log, fence: async () => undefined }));
  try {
    lease.signal.throwIfAborted();
    if (spec.supersedes === true) await endOlder(store, run);
    await store.runs.move(run.id, "running");
    const unseen = (what: string): void => {
      if (job.attempt <= maxUnseen)
        throw new RateLimited(`GitHub does not show ${what} yet`, settings.lagMs * 2 ** (job.attempt - 1));
    };
    const end = await story({ ...contextOf(run, lease, store, log), unseen });
    lease.signal.throwIfAborted();
    if (end.state === "failed" || end.state === "superseded") await markTold(store, run);
    await store.runs.move(run.id, end.state, end.reason);
  } catch (thrown) {
    // What aborted the story says more than the error that came of it.
    const error: unknown = lease.signal.aborted ? asError(lease.signal.reason) : thrown;
    await recordEnd(error, spec, deps, { run, log, fence: () => lease.fence() });
    throw error;
  } finally {
    await lease.release();
  }
}

/** Somebody else has the thread: this run comes back later, or gives way. @throws always */
async function busy(error: unknown, spec: RunSpec, deps: RunDeps, ending: RunEnding): Promise<never> {
  if (!(error instanceof RateLimited)) throw error;
  try {
    await spec.onBusy?.(ending);
  } catch (reason) {
    // Whatever else went wrong while it looked around, it waits.
    if (!(reason instanceof Cancelled)) throw error;
    await recordEnd(reason, spec, deps, ending);
    throw reason;
  }
  throw error;
}

/** While the store is away no attempt is used up: there is no run yet in which to tell of a failure. */
async function openRun(spec: RunSpec, store: RunDeps["store"], jobId: string): Promise<Run> {
  const { kind, repo, number, head, actor } = spec;
  try {
    return await store.runs.open({ kind, repo, number, head, actor, jobId });
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
    throw new RateLimited(error.message, storeRetryMs, { cause: error });
  }
}

const storeRetryMs = 5_000;
const maxUnseen = 4;

function leaseKey(run: Run): string {
  if (run.kind === "control" || run.kind === "reply") return `run:${run.id}`;
  return `thread:${run.repo.id}:${run.number}`;
}

/** Asks earlier runs of this kind to give way; says whether this run itself has to. */
async function takePlace(store: RunDeps["store"], run: Run): Promise<Cancelled | LeaseLost | null> {
  await store.runs.requestCancel(run.repo, run.number, supersededBy(run), { kind: run.kind, olderThan: run.id });
  const [newest] = await store.runs.of(run.repo, run.number, { kind: run.kind, limit: 1 });
  if (newest !== undefined && newest.id !== run.id) return new Cancelled("superseded", newerRun);
  return reasonToStop((await store.runs.get(run.id)) ?? run);
}

/** With the thread's lease in hand nobody else is at work: what still lives of the older runs waits for nothing any more. */
async function endOlder(store: RunDeps["store"], run: Run): Promise<void> {
  const living = await store.runs.of(run.repo, run.number, { alive: true, kind: run.kind });
  for (const older of living)
    if (older.cancelRequestedBy === supersededBy(run)) await store.runs.move(older.id, "superseded", newerRun);
}

function contextOf(run: Run, kept: KeptLease, store: RunDeps["store"], log: Log): Omit<RunContext, "unseen"> {
  const { signal, lease } = kept;
  return {
    run,
    signal,
    log,
    async step<T>(name: string, work: () => Promise<T>): Promise<T> {
      signal.throwIfAborted();
      const before = await store.steps.begin(run.id, name);
      // The journal gives back what `work` of the same step gave when it was stored.
      if (before !== undefined) return before.result as T;
      try {
        const result: unknown = await work();
        if (!(await store.steps.finish(run.id, name, result, lease))) kept.lost();
        return (result === undefined ? undefined : JSON.parse(JSON.stringify(result))) as T;
      } catch (error) {
        if (!signal.aborted) await store.steps.fail(run.id, name, messageOf(error)).catch(() => undefined);
        throw error;
      }
    },
    async fence() {
      signal.throwIfAborted();
      await kept.fence();
    },
    async waiting(reason) {
      await store.runs.move(run.id, "waiting", reason);
    },
  };
}

/** Brings the run into the state that the error means, and tells the person when it is the end. Never throws. */
async function recordEnd(error: unknown, spec: RunSpec, { store, job }: RunDeps, ending: RunEnding): Promise<void> {
  const { run, log } = ending;
  const end = async (state: Run["state"], reason: string): Promise<void> => {
    if (await store.runs.move(run.id, state, reason)) return tell(error, spec, store, ending);
    // A newer run was quicker to end it, and leaves the last words to us.
    await tellLate((await store.runs.get(run.id)) ?? run, spec, store, log);
  };
  try {
    if (error instanceof LeaseLost || isShutdown(error)) return;
    if (error instanceof Cancelled) {
      await end(error.reason, error.message);
    } else if (error instanceof RateLimited) {
      await store.runs.move(run.id, "waiting", error.message);
    } else if (error instanceof UserError || job.lastAttempt) {
      await end("failed", messageOf(error));
    } else {
      await store.events.append({ runId: run.id, name: "run.retried", data: { error: messageOf(error) } });
    }
  } catch (fault) {
    log.error({ error: messageOf(fault), after: messageOf(error) }, "the end of the run could not be recorded or told");
  }
}

/** The name of the journal's note that the person knows how a run ended. */
export const toldEvent = "run.told";

/** The journal's note that the person knows: a worker that dies between the end of a run and its last words leaves none. */
async function markTold(store: RunDeps["store"], run: Run): Promise<void> {
  await store.events.append({ runId: run.id, name: toldEvent });
}

async function tell(error: unknown, spec: RunSpec, store: RunDeps["store"], ending: RunEnding): Promise<void> {
  if (error instanceof Cancelled) await spec.onCancelled?.(error, ending);
  else await spec.onFailure(error, ending);
  await markTold(store, ending.run);
}

/** Says the last words of a run that ended without them: its worker died, or somebody else ended it while its job was away. */
async function tellLate(run: Run, spec: RunSpec, store: RunDeps["store"], log: Log): Promise<void> {
  const { state, reason } = run;
  if (state !== "failed" && state !== "cancelled" && state !== "superseded") return;
  if ((await store.events.of(run.id)).some((event) => event.name === toldEvent)) return;
  const why = reason ?? `The run is ${state}.`;
  const error = state === "failed" ? new UserError(why) : new Cancelled(state, why);
  await tell(error, spec, store, { run, log, fence: async () => undefined });
}

/** Thrown in place of the bare reason of a shutdown, which is no Error. */
class ShuttingDown extends Error {
  override readonly name = "ShuttingDown";
}

function isShutdown(error: unknown): boolean {
  return error instanceof ShuttingDown || error === shutdown;
}

function asError(reason: unknown): unknown {
  return reason === shutdown ? new ShuttingDown("the process is asked to end", { cause: reason }) : reason;
}
