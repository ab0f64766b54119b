import { setTimeout } from "node:timers/promises";
import { createPostgresBackend, DelayedError, UnrecoverableError, Worker } from "bullmq";
import type { Job as BullJob, PgPool } from "bullmq";
import { repoName, threadName } from "../src/domain/ids.ts";
import { LeaseLost, messageOf } from "../src/errors.ts";
import type { Log } from "../src/log.ts";
import { judge, putBack, shutdown, succeeded, type Judgement } from "./job-outcome.ts";
import type { JobName, Jobs } from "./jobs.ts";
import { connectQueue, defaultQueueName, within, type QueueConnection, type QueueSource } from "./queue-connection.ts";

export interface JobContext {
  readonly jobId: string;
  /** 1 for the first start; crashes and put-backs count, so more than 1 means "somebody may have begun this". */
  readonly attempt: number;
  /** After an error there will be no further try. */
  readonly lastAttempt: boolean;
  /** Aborted with the reason `"shutdown"` (hand the work back) or a `LeaseLost` (the queue gave the job to somebody else). */
  readonly signal: AbortSignal;
  /** Carries job id, name and thread. */
  readonly log: Log;
}

export type Processors = { readonly [N in JobName]: (data: Jobs[N], context: JobContext) => Promise<void> };

/**
 * A job that is not tried again: its workers died too often, it waited too long, or its last attempt failed.
 * After a failed last attempt its run is mostly closed and told already; look before you tell (`endDeadJob` does).
 */
export interface DeadJob {
  readonly jobId: string;
  readonly name: JobName;
  readonly data: Jobs[JobName];
  readonly reason: string;
}

export interface WorkerSettings {
  /** Jobs at the same time. */
  concurrency: number;
  /** How long a job stays ours after the last sign of life. */
  lockMs: number;
  /** False lets locks run out under living processors: for tests of what a dead worker leaves. */
  renewLocks: boolean;
  /** How often the jobs of dead workers are looked for. */
  stalledCheckMs: number;
  /** How many dead workers a job may have had. */
  maxStalls: number;
  /** How long a job of a newer contract waits before it is offered again. */
  putBackMs: number;
  /** A job that was only ever put back is dead after this time. */
  maxWaitMs: number;
  /** How long `stop` waits for processors that were told to abort. */
  handBackMs: number;
}

export interface WorkerOptions extends QueueSource {
  processors: Processors;
  settings?: Partial<WorkerSettings>;
  /** Closes the run of a job that is not tried again. Its own errors are logged. */
  onDead?: (job: DeadJob) => Promise<void>;
}

export interface RunningWorker {
  /** Takes nothing more, aborts what runs, hands it back to the queue. Takes at most about 1 s. */
  readonly stop: () => Promise<void>;
  /** Jobs in hand. */
  readonly active: () => number;
}

export const workerDefaults: WorkerSettings = {
  concurrency: 4,
  lockMs: 15_000,
  renewLocks: true,
  stalledCheckMs: 5_000,
  maxStalls: 5,
  putBackMs: 30_000,
  maxWaitMs: 24 * 3_600_000,
  handBackMs: 800,
};

/**
 * Takes jobs and runs their processors until `stop`.
 * The queue's tables must exist: open the queue first.
 * @throws StartError when the queue's place is missing, unreachable or unsafe
 */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const settings = { ...workerDefaults, ...options.settings };
  const { log } = options;
  const connection = await connectQueue(options, "consumer");
  const inHand = new Map<string, AbortController>();
  const closing = new Set<Promise<void>>();
  let stopping = false;

  const worker = bullWorker(connection, options.name ?? defaultQueueName, settings, async (job, token) => {
    const id = job.id ?? "";
    const controller = new AbortController();
    if (stopping) controller.abort(shutdown);
    inHand.set(id, controller);
    try {
      const judgement = await handle(job, options.processors, settings, controller.signal, log);
      await carryOut(judgement, job, token);
    } finally {
      inHand.delete(id);
    }
  });

  let told = "";
  worker.on("error", (error) => {
    if (error.message !== told) log.warn({ error: error.message.slice(0, 500) }, "the queue has a problem");
    told = error.message;
  });
  worker.on("stalled", (id) => log.warn({ job: id }, "job came back: its worker is gone"));
  worker.on("lockRenewalFailed", (ids) => {
    for (const id of ids) inHand.get(id)?.abort(new LeaseLost(`the queue has given job ${id} to another worker`));
  });
  worker.on("failed", (job, error) => {
    if (job === undefined || !isDeath(error)) return;
    const dead = { jobId: job.id ?? "", name: job.name as JobName, data: job.data, reason: error.message };
    const fields = { job: dead.jobId, name: dead.name, thread: threadOf(dead.data), reason: dead.reason };
    log.error(fields, "job is dead: it is not tried again");
    if (options.onDead === undefined) return;
    const work = options.onDead(dead).catch((fault: unknown) => {
      log.error({ ...fields, error: messageOf(fault) }, "the run of a dead job stays open");
    });
    closing.add(work);
    void work.then(() => closing.delete(work));
  });
  await worker.waitUntilReady();

  const stop = async (): Promise<void> => {
    stopping = true;
    await worker.pause(true);
    // Else its wait for work would end with the very jobs that we are about to hand back.
    await within(worker.getBackend().disconnectBlocking(true), disconnectMs).catch(() => undefined);
    for (const controller of inHand.values()) controller.abort(shutdown);
    const handedBack = await emptied(inHand, settings.handBackMs);
    for (const id of inHand.keys())
      log.warn({ job: id }, "job did not stop in time: another worker takes it up when its lock has run out");
    await within(Promise.all([worker.close(!handedBack), ...closing]), closeMs).catch((error: unknown) => {
      log.warn({ error: messageOf(error) }, "the worker's queue connection did not close in time");
    });
    await connection.close();
  };
  let stopped: Promise<void> | undefined;
  return { active: () => inHand.size, stop: () => (stopped ??= stop()) };
}

const disconnectMs = 200;
const closeMs = 2_000;

type QueuedJob = BullJob<Jobs[JobName], void>;

async function handle(
  job: QueuedJob,
  processors: Processors,
  settings: WorkerSettings,
  signal: AbortSignal,
  log: Log,
): Promise<Judgement> {
  const started = performance.now();
  const jobLog = log.child({ job: job.id, name: job.name, thread: threadOf(job.data) });
  const lastAttempt = job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
  const circumstances = { signal, lastAttempt, ageMs: Date.now() - job.timestamp, maxWaitMs: settings.maxWaitMs };
  let judgement = succeeded;
  try {
    const processor = processorOf(job, processors);
    if (processor === undefined)
      judgement = putBack("made by a newer version than this worker", settings.putBackMs, "warn", circumstances);
    else
      await processor(job.data, {
        jobId: job.id ?? "",
        attempt: job.attemptsStarted,
        lastAttempt,
        signal,
        log: jobLog,
      });
  } catch (error) {
    judgement = judge(error, circumstances);
  }
  const ms = Math.round(performance.now() - started);
  jobLog[judgement.level](
    { outcome: judgement.outcome, ms, attempt: job.attemptsStarted, ...judgement.detail },
    "job ended",
  );
  return judgement;
}

/** Undefined when the job speaks of something that this version does not know. */
function processorOf(
  job: QueuedJob,
  processors: Processors,
): ((data: Jobs[JobName], context: JobContext) => Promise<void>) | undefined {
  if (!Object.hasOwn(processors, job.name) || job.data.v !== knownVersion) return undefined;
  // Name and data were paired by `enqueue`; the compiler cannot follow them through the queue.
  return processors[job.name as JobName] as (data: Jobs[JobName], context: JobContext) => Promise<void>;
}

const knownVersion: Jobs[JobName]["v"] = 1;

async function carryOut({ action }: Judgement, job: QueuedJob, token: string): Promise<void> {
  switch (action.kind) {
    case "finish":
      return;
    case "later":
      await job.moveToDelayed(Date.now() + action.delayMs, token);
      throw new DelayedError();
    case "fail":
      throw new Error(storable(action.reason));
    case "dead":
      throw new Death(storable(action.reason));
  }
}

class Death extends UnrecoverableError {}

function isDeath(error: Error): boolean {
  return error instanceof Death || error.message.includes("stalled more than allowable limit");
}

/** PostgreSQL takes no NUL, and the queue is no place for long texts. */
function storable(text: string): string {
  return text.replaceAll("\0", "\uFFFD").toWellFormed().slice(0, 1_000);
}

function threadOf(data: Jobs[JobName]): string | undefined {
  if (!("repo" in data)) return undefined;
  if ("sha" in data) return `${repoName(data.repo)}@${data.sha.slice(0, 7)}`;
  const number = "issue" in data ? data.issue : "pull" in data ? data.pull : data.number;
  return threadName({ repo: data.repo, number });
}

async function emptied(inHand: ReadonlyMap<string, unknown>, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  while (inHand.size > 0 && performance.now() < end) await setTimeout(5);
  return inHand.size === 0;
}

function bullWorker(
  connection: QueueConnection,
  name: string,
  settings: WorkerSettings,
  process: (job: QueuedJob, token: string) => Promise<void>,
): Worker<Jobs[JobName], void> {
  const options = {
    concurrency: settings.concurrency,
    lockDuration: settings.lockMs,
    skipLockRenewal: !settings.renewLocks,
    stalledInterval: settings.stalledCheckMs,
    maxStalledCount: settings.maxStalls,
    // A queue that was away for a moment is asked again soon; BullMQ's own value is 15 s.
    runRetryDelay: 2_000,
  };
  const processor = (job: QueuedJob, token?: string): Promise<void> => process(job, token ?? "");
  if (connection.kind === "redis") return new Worker(name, processor, { ...options, connection: connection.client });
  // BullMQ's generics tie the class to one backend; what we use of it is the same on all of them.
  return new Worker(
    name,
    processor,
    { ...options, connection: connection.pool as unknown as PgPool },
    createPostgresBackend,
  ) as unknown as Worker<Jobs[JobName], void>;
}
