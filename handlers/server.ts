/**
 * Process entry: reads the variables, opens store and queue, starts the edge, the worker, or both, and takes everything
 * down in order. The worker is loaded only where it runs, so that an edge carries neither parser nor browser.
 */
import { systemClock } from "../src/clock.ts";
import { readEnv, withPort, type Env } from "../src/env.ts";
import { messageOf, StartError } from "../src/errors.ts";
import { closeLog, createLog, type Log } from "../src/log.ts";
import { openStore } from "../src/store/open-store.ts";
import { openQueue } from "../pipelines/queue.ts";
import { startEdge } from "./edge.ts";
import { holdPort } from "./held-port.ts";
import { githubPart, type Part } from "./http/health.ts";

const shutdownMs = 10_000;

interface WorkerProcess {
  stop(): Promise<void>;
  /** What the worker needs besides, for /health: the sandbox. */
  readonly parts?: Readonly<Record<string, Part>>;
  metrics(): Promise<string>;
}

/** Things to close, the last opened first. */
type Closers = { readonly name: string; readonly close: () => Promise<void> }[];

try {
  const env = readEnv();
  const log = createLog(env.logLevel);
  const closers: Closers = [];
  // From here on: a signal during the start closes what is open already.
  onSignal(closers, log);
  try {
    await start(env, log, closers);
  } catch (error) {
    await closeAll(closers, log);
    throw error;
  }
} catch (error) {
  const text =
    error instanceof StartError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

async function start(told: Env, log: Log, closers: Closers): Promise<void> {
  const held = await holdPort(told.host, told.port);
  const env = withPort(told, held.port);
  const { databaseUrl, dataDir, role } = env;
  const place = databaseUrl === null ? {} : { databaseUrl };
  const opened = await openStore({ ...place, dataDir, clock: systemClock, log });
  const { store, embedded } = opened;
  closers.push({ name: "store", close: () => opened.close() });
  const queue = await openQueue({
    ...(env.queueUrl !== null && { queueUrl: env.queueUrl }),
    ...place,
    ...(embedded && { embedded }),
    log,
  });
  closers.push({ name: "queue", close: () => queue.close() });
  const parts: Record<string, Part> = {
    store: () => store.ping(),
    queue: () => queue.ping(),
    github: githubPart(env.githubApiUrl, systemClock),
  };
  let workerMetrics = () => Promise.resolve("");
  if (role !== "edge") {
    const { startWorkerProcess } = await import("../pipelines/main.ts");
    const worker: WorkerProcess = await startWorkerProcess({ env, store, queue, ...(embedded && { embedded }), log });
    closers.push({ name: "worker", close: () => worker.stop() });
    Object.assign(parts, worker.parts);
    workerMetrics = () => worker.metrics();
  }
  await held.release();
  const edge = await startEdge({
    ...env,
    secrets: role === "worker" ? [] : env.webhookSecrets,
    enqueue: (name, data, options) => queue.enqueue(name, data, options),
    queueMetrics: () => queue.metrics(),
    workerMetrics,
    deliveries: store.deliveries,
    store,
    parts,
    log,
  });
  closers.push({ name: "edge", close: () => edge.close() });
  const address = {
    url: env.publicUrl,
    host: env.host,
    port: edge.port,
    role,
    github: env.githubWebUrl,
    queue: queue.kind,
  };
  log.info({ ...address, store: databaseUrl === null ? "pglite" : "postgres", pid: process.pid }, "ready");
}

function onSignal(closers: Closers, log: ReturnType<typeof createLog>): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    // A second signal means: now.
    if (stopping) process.exit(130);
    stopping = true;
    log.info({ signal }, "stopping");
    const leave = async (code: number) => {
      await closeLog(log);
      process.exit(code);
    };
    setTimeout(() => {
      log.error({}, "stopping took too long; what was under way is taken up again by the next worker");
      void leave(1);
    }, shutdownMs).unref();
    void closeAll(closers, log).then(() => {
      log.info({}, "stopped");
      return leave(0);
    });
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
}

async function closeAll(closers: Closers, log: Log): Promise<void> {
  for (let closer = closers.pop(); closer; closer = closers.pop()) {
    try {
      await closer.close();
    } catch (error) {
      log.error({ part: closer.name, error: messageOf(error) }, "a part did not close properly");
    }
  }
}
