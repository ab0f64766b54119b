/**
 * The bot as a process that cuts itself off where it is told: `node killed-bot.ts '{"diary": …}'`, with the variables of
 * `npm start`. Only the store's journal is watched; everything else is what runs in production, with shorter times.
 * It loads everything, says `loaded`, and opens nothing before its parent says `go`; then it says `ready`.
 */
import { once } from "node:events";
import { flushCompileCache } from "node:module";
import { openDeps, startWorkerProcess } from "../../pipelines/main.ts";
import { openQueue } from "../../pipelines/queue.ts";
import { reconcile } from "../../pipelines/reconcile/index.ts";
import { systemClock } from "../../src/clock.ts";
import { readEnv } from "../../src/env.ts";
import { createLog } from "../../src/log.ts";
import { openStore } from "../../src/store/open-store.ts";
import { openDiary, withBoundaries, type Boundary } from "./boundaries.ts";
import type { Orders } from "./orders.ts";

const orders = JSON.parse(process.argv[2] ?? "{}") as Orders;
const env = readEnv();
const log = createLog(env.logLevel);
// Nobody asks a worker for its health here, and to load that part takes a third of the start.
const listening = env.role === "worker" ? null : await import("../../handlers/edge.ts");
const diary = openDiary(orders.diary);

process.send?.("loaded");
await once(process, "message");

const place = env.databaseUrl === null ? {} : { databaseUrl: env.databaseUrl };
const opened = await openStore({ ...place, dataDir: env.dataDir, clock: systemClock, log });
const embedded = opened.embedded === undefined ? {} : { embedded: opened.embedded };
const store = withBoundaries(opened.store, at, (kind, state) => diary.write({ what: "ended", kind, state }));
const queue = await openQueue({
  ...(env.queueUrl === null ? {} : { queueUrl: env.queueUrl }),
  ...place,
  ...embedded,
  log,
});
const options = {
  env,
  store,
  queue,
  ...embedded,
  log,
  settings: {
    worker: { lockMs: orders.leaseMs, stalledCheckMs: 200, maxStalls: orders.maxStalls ?? 1_000 },
    // Shorter than the job's lock: whoever takes over a job finds its lease run out.
    runs: { leaseMs: orders.leaseMs * 0.8, renewMs: orders.leaseMs / 4, cancelPollMs: 100, threadRetryMs: 20 },
  },
};
const worker = await startWorkerProcess(options);
const edge = await listening?.startEdge({
  ...env,
  secrets: env.webhookSecrets,
  enqueue: (name, data, enqueueOptions) => queue.enqueue(name, data, enqueueOptions),
  queueMetrics: () => queue.metrics(),
  deliveries: store.deliveries,
  store,
  parts: {},
  log,
});

// In production every five minutes, and not what failed in the last half minute.
const later = { ...openDeps(options), clock: { now: () => new Date(Date.now() + 60_000) } };
let looking: Promise<void> | null = null;
const rounds = setInterval(() => {
  looking ??= reconcile(later, log).finally(() => (looking = null));
}, 1_000);

process.on("SIGTERM", () => {
  clearInterval(rounds);
  void (async () => {
    await looking;
    await edge?.close();
    await worker.stop();
    await queue.close();
    await opened.close();
    process.exit(0);
  })();
});
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
process.send?.("ready");

/** Nothing of ours runs after the signal: the entry is on the disk before, and the process gone (or frozen) at once. */
function at(boundary: Boundary): void {
  if (orders.always !== boundary && (isPassed(boundary) || !orders.at.includes(boundary))) return;
  const stop = orders.signal === "SIGSTOP";
  diary.write({ what: stop ? "stopped" : "killed", boundary, pid: process.pid });
  // For the next one. Otherwise Node keeps what it has compiled when a process ends by itself.
  flushCompileCache();
  process.kill(process.pid, orders.signal);
}

/** By this process or by another one of the same test. */
function isPassed(boundary: Boundary): boolean {
  return diary.read().some((entry) => entry.what !== "ended" && entry.boundary === boundary);
}
