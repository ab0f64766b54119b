import {
  createPostgresBackend,
  Queue,
  runMigrations,
  type IQueueBackend,
  type JobsOptions,
  type PgPool,
  type PgQueryable,
} from "bullmq";
import { messageOf, StartError, TransientError } from "../src/errors.ts";
import { jobId, retry, type JobName, type Jobs } from "./jobs.ts";
import {
  connectQueue,
  defaultQueueName,
  within,
  type QueueConnection,
  type QueueKind,
  type QueueSource,
} from "./queue-connection.ts";

export type { QueueSource } from "./queue-connection.ts";

export interface EnqueueOptions {
  /** Counts the jobs of one delivery, from 0; part of the job's id. */
  index?: number;
  /** At the earliest in so many milliseconds. A hint: clocks differ. */
  delayMs?: number;
  /** 1 is the most urgent; without one a job goes before all that have one. */
  priority?: number;
  /**
   * While a job with the same text waits, this one is dropped; while one runs, the newest is kept and run after it.
   * For level-triggered work, where only the last look counts.
   */
  dedupe?: string;
}

export type JobState = "waiting" | "active" | "delayed" | "completed" | "failed" | "unknown";

export interface JobLookUp {
  readonly id: string;
  readonly name: string;
  readonly state: JobState;
  /** How often a worker took it up, crashes and put-backs included. */
  readonly starts: number;
  /** How often it was found without a living worker. */
  readonly stalls: number;
  /** How many attempts are used up. */
  readonly attempts: number;
  readonly failedReason: string | null;
}

export interface JobQueue {
  readonly kind: QueueKind;
  /**
   * Adds a job. The same delivery and index give the same job, however often it is added.
   * @throws TransientError when the queue has not confirmed within 2 s; RangeError when the data are over 16 KB
   */
  readonly enqueue: <N extends JobName>(name: N, data: Jobs[N], options?: EnqueueOptions) => Promise<void>;
  /** Runs the job again and again; calling it again changes the interval, at the latest when the old one is over. */
  readonly schedule: <N extends JobName>(name: N, data: Jobs[N], everyMs: number) => Promise<void>;
  /** Jobs by state, as BullMQ calls the states. */
  readonly counts: () => Promise<Readonly<Record<string, number>>>;
  /** A round trip, for /health. Throws when the queue is away for 2 s. */
  readonly ping: () => Promise<void>;
  /** Has a job that waits for its time taken up now; does nothing to one that does not wait. */
  readonly hurry: (id: string) => Promise<void>;
  readonly job: (id: string) => Promise<JobLookUp | null>;
  /** Prometheus text. */
  readonly metrics: () => Promise<string>;
  readonly close: () => Promise<void>;
}

const deadlineMs = 2_000;
const maxDataBytes = 16 * 1024;

export interface QueueSettings {
  /** The first pause before a job is tried again; each further one is twice as long. Absent: what `retry` says for the job. */
  backoffMs?: number;
}

/**
 * Opens the producer's side of the queue and brings its tables up to date.
 * @throws StartError when the place is missing, unreachable or unsafe
 */
export async function openQueue(source: QueueSource, settings: QueueSettings = {}): Promise<JobQueue> {
  const connection = await connectQueue(source, "producer");
  await migrate(connection);
  const queue = bullQueue(connection, source.name ?? defaultQueueName);
  let told = "";
  queue.on("error", (error) => {
    if (error.message !== told) source.log.warn({ error: error.message.slice(0, 500) }, "the queue has a problem");
    told = error.message;
  });

  return {
    kind: connection.kind,
    async enqueue(name, data, options = {}) {
      const bytes = Buffer.byteLength(JSON.stringify(data));
      if (bytes > maxDataBytes)
        throw new RangeError(`the data of the ${name} job are ${bytes} bytes; at most ${maxDataBytes} are allowed`);
      await timed("take the job", queue.add(name, data, jobOptions(name, data, options, settings)));
    },
    async schedule(name, data, everyMs) {
      const template = { name, data, opts: { attempts: retry[name].attempts, ...keep } };
      await timed("take the schedule", queue.upsertJobScheduler(`every-${name}`, { every: everyMs }, template));
    },
    counts: () => timed("answer", queue.getJobCounts()),
    async ping() {
      await timed("answer", roundTrip(connection));
    },
    async hurry(id) {
      const job = await timed("answer", queue.getJob(id));
      if (job === undefined || job === null || !(await timed("answer", job.isDelayed()))) return;
      // Between look and call a worker may have taken it, which is what was wanted.
      await timed("hurry", job.promote()).catch(() => undefined);
    },
    async job(id) {
      const state = toState(await timed("answer", queue.getJobState(id)));
      const job = await timed("answer", queue.getJob(id));
      if (job === undefined || job === null) return null;
      return {
        id,
        name: job.name,
        state,
        starts: job.attemptsStarted,
        stalls: job.stalledCounter,
        attempts: job.attemptsMade,
        failedReason: job.failedReason ?? null,
      };
    },
    metrics: () => timed("answer", queue.exportPrometheusMetrics()),
    async close() {
      // A queue whose server is away may wait for it for ever; nothing of ours depends on its good-bye.
      await within(queue.close(), deadlineMs).catch(() => undefined);
      await connection.close();
    },
  };
}

/**
 * The producer's side for a process that answers from its first moment on: the first job opens the queue, those that follow use it.
 * One that could not be opened within 2 s is given up, and the next job begins anew: a function is frozen after its answer, and a
 * connection under way with it.
 */
export function openQueueOnDemand(source: QueueSource): Pick<JobQueue, "enqueue"> {
  let opened: Promise<JobQueue> | undefined;
  const open = async (): Promise<JobQueue> => {
    const opening = openQueue(source);
    try {
      return await timed("open", opening);
    } catch (error) {
      opened = undefined;
      // It may still come, and nobody waits for it.
      void opening.then((late) => late.close()).catch(() => undefined);
      throw error;
    }
  };
  return {
    async enqueue(name, data, options) {
      opened ??= open();
      await (await opened).enqueue(name, data, options);
    },
  };
}

/** @throws TransientError when it fails or takes longer than 2 s */
function timed<T>(what: string, work: Promise<T>): Promise<T> {
  return within(work, deadlineMs).catch((error: unknown) => {
    throw new TransientError(`the queue did not ${what}: ${messageOf(error).slice(0, 300)}`, { cause: error });
  });
}

type AnyQueue = Queue<Jobs[JobName], unknown, string, Jobs[JobName], unknown, string, IQueueBackend, never>;

function bullQueue(connection: QueueConnection, name: string): AnyQueue {
  // BullMQ's generics tie the class to one backend; what we use of it is the same on all of them.
  if (connection.kind === "redis") return new Queue(name, { connection: connection.client }) as unknown as AnyQueue;
  return new Queue(
    name,
    { connection: connection.pool as unknown as PgPool },
    createPostgresBackend,
  ) as unknown as AnyQueue;
}

const keep = { removeOnComplete: { age: 3 * 86_400, count: 10_000 }, removeOnFail: { age: 14 * 86_400 } };

function jobOptions<N extends JobName>(
  name: N,
  data: Jobs[N],
  options: EnqueueOptions,
  settings: QueueSettings,
): JobsOptions {
  const { attempts, backoffMs } = { ...retry[name], ...settings };
  return {
    ...("delivery" in data ? { jobId: jobId(data.delivery, options.index) } : {}),
    attempts,
    ...(backoffMs > 0 ? { backoff: { type: "exponential", delay: backoffMs } } : {}),
    ...keep,
    ...(options.delayMs === undefined ? {} : { delay: options.delayMs }),
    ...(options.priority === undefined ? {} : { priority: options.priority }),
    ...(options.dedupe === undefined ? {} : { deduplication: { id: options.dedupe, keepLastIfActive: true } }),
  };
}

/** BullMQ's own tables, where the queue lives in a PostgreSQL. Harmless when they are there. */
async function migrate(connection: QueueConnection): Promise<void> {
  try {
    if (connection.kind === "pglite") await connection.pool.exclusively((client) => runMigrations(client));
    if (connection.kind === "postgres") {
      const client = await connection.pool.connect();
      try {
        await runMigrations(client satisfies PgQueryable);
      } finally {
        client.release();
      }
    }
  } catch (error) {
    await connection.close();
    throw new StartError(`The queue's tables cannot be brought up to date: ${messageOf(error).slice(0, 500)}`);
  }
}

async function roundTrip(connection: QueueConnection): Promise<void> {
  if (connection.kind === "redis") await connection.client.ping();
  else if (connection.kind === "postgres") await connection.pool.query("select 1");
  else await connection.pool.query("select 1");
}

function toState(state: string): JobState {
  switch (state) {
    case "waiting":
    case "prioritized":
    case "waiting-children":
      return "waiting";
    case "active":
    case "delayed":
    case "completed":
    case "failed":
      return state;
    default:
      return "unknown";
  }
}
