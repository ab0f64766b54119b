import { collectDefaultMetrics, Counter, Histogram, Registry } from "prom-client";
import { messageOf } from "../../src/errors.ts";
import type { Log } from "../../src/log.ts";

export interface Metrics {
  /** @param outcome its first word is kept: `queued`, `ignored`, `refused`, `failed` */
  delivered(event: string, outcome: string, seconds: number): void;
  /** Prometheus text, the queue's own lines included as long as the queue answers. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** @param queueMetrics Prometheus text of the queue */
export function createMetrics(queueMetrics: () => Promise<string>, knownEvents: readonly string[], log: Log): Metrics {
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
  const known = new Set(knownEvents);
  return {
    contentType: registry.contentType,
    delivered(event, outcome, seconds) {
      const word = outcome.split(":")[0] ?? outcome;
      // A header that anybody may send must not make new time series.
      deliveries.inc({ event: known.has(event) ? event : "other", outcome: word });
      ack.observe({ outcome: word }, seconds);
    },
    async text() {
      const own = await registry.metrics();
      const queue = await queueMetrics().catch((error: unknown) => {
        log.warn({ error: messageOf(error) }, "the queue gives no metrics");
        return "";
      });
      return `${own.trimEnd()}\n${queue.trim()}\n`;
    },
  };
}
