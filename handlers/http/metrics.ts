import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Clock } from "../../src/clock.ts";
import { runKinds, runStates } from "../../src/domain/run.ts";
import { messageOf } from "../../src/errors.ts";
import type { Log } from "../../src/log.ts";
import type { RunCount } from "../../src/store/port.ts";
import { within } from "./health.ts";

export interface Metrics {
  /** @param outcome its first word is kept: `queued`, `ignored`, `refused`, `failed` */
  delivered(event: string, outcome: string, seconds: number): void;
  /** Prometheus text. What is read from queue and store is left out while they do not answer. */
  text(): Promise<string>;
  readonly contentType: string;
}

export interface MetricsSources {
  /** Prometheus text of the queue. */
  readonly queue: () => Promise<string>;
  /** The same of the worker in this process; empty where there is none. */
  readonly worker: () => Promise<string>;
  readonly runs: () => Promise<readonly RunCount[]>;
  /** Names of events that get a time series of their own; all others are `other`. */
  readonly events: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
}

const sourceTimeoutMs = 2_000;
/** Anybody may ask for this page, and to count runs or snapshots costs a look at all of them. */
const countEveryMs = 10_000;

export function createMetrics({ queue, worker, runs, events, clock, log }: MetricsSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const deliveries = new Counter({
    name: "codegen_deliveries_total",
    help: "Webhook requests by event and outcome",
    labelNames: ["event", "outcome"],
    registers: [registry],
  });
  const ack = new Histogram({
    name: "codegen_ack_seconds",
    help: "From the first byte of a webhook to its answer",
    labelNames: ["outcome"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10],
    registers: [registry],
  });
  const known = new Set(events);
  const runsByState = readRuns(runs, clock, log);
  const fromQueue = guarded("the queue", queue, "", log);
  const fromWorker = seldom(guarded("the worker", worker, "", log), clock);
  return {
    contentType: registry.contentType,
    delivered(event, outcome, seconds) {
      const word = outcome.split(":")[0] ?? outcome;
      // A header that anybody may send must not make new time series.
      deliveries.inc({ event: known.has(event) ? event : "other", outcome: word });
      ack.observe({ outcome: word }, seconds);
    },
    async text() {
      const parts = await Promise.all([registry.metrics(), runsByState(), fromQueue(), fromWorker()]);
      return parts.map((part) => (part.trim() === "" ? "" : `${part.trim()}\n`)).join("");
    },
  };
}

/** Every kind in every state, also where there is none: a series that comes and goes makes gaps in a graph. */
function readRuns(read: MetricsSources["runs"], clock: Clock, log: Log): () => Promise<string> {
  const registry = new Registry();
  const gauge = new Gauge({
    name: "codegen_runs",
    help: "Runs in the store by kind and state",
    labelNames: ["kind", "state"],
    registers: [registry],
  });
  const text = guarded(
    "the store",
    async () => {
      const counts = await read();
      for (const kind of runKinds) for (const state of runStates) gauge.set({ kind, state }, 0);
      for (const { kind, state, count } of counts) gauge.set({ kind, state }, count);
      return registry.metrics();
    },
    "",
    log,
  );
  return seldom(text, clock);
}

/** What is costly to count is counted anew after a while only. */
function seldom(text: () => Promise<string>, clock: Clock): () => Promise<string> {
  let last: { at: number; result: Promise<string> } | undefined;
  return () => {
    const now = clock.now().getTime();
    if (!last || now - last.at >= countEveryMs) last = { at: now, result: text() };
    return last.result;
  };
}

/** A part that is away must not take the others' numbers with it. */
function guarded<T>(name: string, read: () => Promise<T>, without: T, log: Log): () => Promise<T> {
  return () =>
    within(read, sourceTimeoutMs).catch((error: unknown) => {
      log.warn({ error: messageOf(error) }, `${name} gives no metrics`);
      return without;
    });
}
