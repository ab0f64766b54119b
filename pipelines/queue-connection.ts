import type { PGlite } from "@electric-sql/pglite";
import { Redis, type RedisOptions } from "ioredis";
import pg from "pg";
import { messageOf, StartError } from "../src/errors.ts";
import type { Log } from "../src/log.ts";
import { PGlitePool } from "../src/store/pglite-pool.ts";
import { checkRedis } from "./queue-redis.ts";

/** Where the queue lives. Edge and worker give the same values and meet there. */
export interface QueueSource {
  /** `redis://`, `rediss://` or `postgres://`; absent: the queue lives beside the store. */
  queueUrl?: string;
  /** The store's PostgreSQL when it is not embedded. */
  databaseUrl?: string;
  /** The store's own PGlite when it is embedded. */
  embedded?: PGlite;
  /** Keeps several queues in one place apart; `codegen` unless told. */
  name?: string;
  log: Log;
}

export type QueueKind = "redis" | "postgres" | "pglite";

export type QueueConnection =
  | { kind: "redis"; client: Redis; close(): Promise<void> }
  | { kind: "postgres"; pool: pg.Pool; close(): Promise<void> }
  | { kind: "pglite"; pool: PGlitePool; close(): Promise<void> };

export const defaultQueueName = "codegen";

const reachMs = 5_000;
const endMs = 1_000;

/**
 * Opens and checks the queue's place.
 * @param use a producer fails fast, a consumer waits for the connection to come back
 * @throws StartError that says what is wrong with the place and what to do
 */
export async function connectQueue(source: QueueSource, use: "producer" | "consumer"): Promise<QueueConnection> {
  const { queueUrl, databaseUrl, embedded, log } = source;
  if (queueUrl !== undefined && queueUrl !== "") {
    if (/^rediss?:\/\//.test(queueUrl)) return openRedis(queueUrl, use, log);
    if (/^postgres(?:ql)?:\/\//.test(queueUrl)) return openPostgres(queueUrl, "QUEUE_URL", log);
    throw new StartError(
      `QUEUE_URL must start with redis://, rediss:// or postgres://, but it starts with ${JSON.stringify(queueUrl.split(":")[0]?.slice(0, 20))}.`,
    );
  }
  if (embedded !== undefined) return openEmbedded(embedded);
  if (databaseUrl !== undefined && databaseUrl !== "") {
    if (use === "producer")
      log.info({}, "QUEUE_URL is not set and the store is not embedded: the queue lives in the store's PostgreSQL");
    return openPostgres(databaseUrl, "DATABASE_URL", log);
  }
  throw new StartError("There is no place for the queue: set QUEUE_URL, or use the embedded store.");
}

async function openEmbedded(db: PGlite): Promise<QueueConnection> {
  const pool = new PGlitePool(db);
  // Our own tables are named with their schema everywhere, so the session's path belongs to the queue.
  await pool.query("SET search_path TO bullmq, public");
  return { kind: "pglite", pool, close: () => pool.end() };
}

async function openPostgres(url: string, variable: string, log: Log): Promise<QueueConnection> {
  const pool = new pg.Pool({
    connectionString: url,
    options: "-c search_path=bullmq",
    connectionTimeoutMillis: reachMs,
    keepAlive: true,
  });
  pool.on("error", (error) => log.warn({ error: error.message }, "an idle queue connection broke"));
  try {
    await pool.query("select 1");
  } catch (error) {
    await pool.end();
    throw new StartError(
      `The queue's PostgreSQL at ${withoutPassword(url)} cannot be used: ${messageOf(error) || "no connection"}. Check ${variable}.`,
    );
  }
  // `end` waits for every client that is in use, also for one whose server answers nothing.
  return { kind: "postgres", pool, close: () => within(pool.end(), endMs).catch(() => undefined) };
}

async function openRedis(url: string, use: "producer" | "consumer", log: Log): Promise<QueueConnection> {
  const client = new Redis(url, redisOptions(use));
  let told = "";
  client.on("error", (error: Error) => {
    if (error.message !== told) log.warn({ error: error.message }, "the connection to the queue's Redis has a problem");
    told = error.message;
  });
  client.on("ready", () => (told = ""));
  try {
    await within(client.connect(), reachMs);
    await checkRedis(client, withoutPassword(url), log);
  } catch (error) {
    client.disconnect();
    if (error instanceof StartError) throw error;
    throw new StartError(
      `The queue's Redis at ${withoutPassword(url)} cannot be used: ${told || messageOf(error)}. Check QUEUE_URL.`,
    );
  }
  return {
    kind: "redis",
    client,
    async close() {
      client.disconnect();
    },
  };
}

function redisOptions(use: "producer" | "consumer"): RedisOptions & { replyMapping: "legacy" } {
  return {
    replyMapping: "legacy",
    lazyConnect: true,
    connectTimeout: reachMs,
    disconnectTimeout: 500,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
    // A producer has somebody waiting for its answer; a consumer waits for its server.
    ...(use === "consumer" ? { maxRetriesPerRequest: null } : { maxRetriesPerRequest: 1, enableOfflineQueue: false }),
  };
}

/** The promise's value, or a rejection when it takes longer. */
export async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      work,
      new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms);
      }),
    ]);
  } finally {
    clearTimeout(timer);
    // The loser of the race must not become an unhandled rejection later.
    work.catch(() => undefined);
  }
}

function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url);
    return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
  } catch {
    return "an address that is not a URL";
  }
}
