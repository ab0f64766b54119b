/**
 * The HTTP side of the process: webhooks through the ingress, pages through Express. It listens, and it can be closed
 * so that every delivery under way gets its answer.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "../src/clock.ts";
import type { Log } from "../src/log.ts";
import type { DeliveryStore, RunStore } from "../src/store/port.ts";
import { subscribed, unasked, type Enqueue } from "./github/app.ts";
import { createIngress, webhookPath, type Answered } from "./github/ingress.ts";
import { openReceiver } from "./github/receive.ts";
import type { Part } from "./http/health.ts";
import { createMetrics } from "./http/metrics.ts";
import { createPages } from "./http/pages.ts";
import { createRunPages, type RunPagesOptions } from "./http/run-page/answer.ts";
import { runPageRoutes } from "./http/run-page/routes.ts";
import { createViewers } from "./http/run-page/viewers.ts";
import { cannotListen } from "./held-port.ts";

export interface EdgeOptions {
  readonly role: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly appId: number;
  /** Empty: this process takes no webhooks, only health and metrics. */
  readonly secrets: readonly string[];
  readonly enqueue: Enqueue;
  readonly queueMetrics: () => Promise<string>;
  /** Absent where no worker runs in this process. */
  readonly workerMetrics?: () => Promise<string>;
  /** What the pages of runs show, and the counts for /metrics. */
  readonly store: RunPagesOptions["store"] & { readonly runs: Pick<RunStore, "countByState"> };
  /** GitHub's web side, where the pages of runs lead back to. */
  readonly githubWebUrl: string;
  readonly deliveries: Pick<DeliveryStore, "record">;
  readonly parts: Readonly<Record<string, Part>>;
  readonly log: Log;
  readonly bodyTimeoutMs?: number;
  readonly headersTimeoutMs?: number;
}

export interface Edge {
  readonly port: number;
  /** Takes no more, lets what is under way end (5 s at most), and writes what it still has to. */
  close(): Promise<void>;
}

const headersTimeoutMs = 10_000;
const drainMs = 5_000;

/** @throws StartError when the address cannot be listened on */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const { log, secrets } = options;
  const metrics = createMetrics({
    queue: options.queueMetrics,
    worker: options.workerMetrics ?? (() => Promise.resolve("")),
    runs: () => options.store.runs.countByState(),
    events: [...subscribed, ...unasked],
    clock: systemClock,
    log,
  });
  const { store, githubWebUrl: webUrl } = options;
  const viewers = createViewers({ store, clock: systemClock, log });
  const runPages = createRunPages({ store, webUrl, clock: systemClock, follow: "stream" });
  const pages = createPages({
    parts: options.parts,
    metrics,
    runPages: runPageRoutes(runPages, viewers),
    role: options.role,
    log,
  });
  const records = new Set<Promise<void>>();
  const onAnswered = (answered: Answered): void => {
    metrics.delivered(answered.headers?.event ?? "", answered.outcome, answered.ms / 1000);
    logAnswer(answered, log);
    const record = recordDelivery(answered, options);
    records.add(record);
    void record.finally(() => records.delete(record));
  };
  const [secret] = secrets;
  const ingress =
    secret === undefined
      ? undefined
      : createIngress({
          receive: await openReceiver({ enqueue: options.enqueue, appId: options.appId, secret, log }),
          secrets,
          log,
          onAnswered,
          ...(options.bodyTimeoutMs !== undefined && { bodyTimeoutMs: options.bodyTimeoutMs }),
        });
  const patience = options.headersTimeoutMs ?? headersTimeoutMs;
  const server = createServer(
    // The whole request gets more time than the body alone, so that a slow body is told what was wrong.
    { headersTimeout: patience, requestTimeout: patience * 2, connectionsCheckingInterval: Math.min(1_000, patience) },
    (request: IncomingMessage, response: ServerResponse) => {
      if (ingress && request.url?.split("?")[0] === webhookPath) void ingress(request, response);
      else pages(request, response);
    },
  );
  await listen(server, options.host, options.port);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      viewers.close();
      await stop(server);
      await Promise.allSettled(records);
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(cannotListen(host, port, error)));
    server.listen(port, host, resolve);
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), drainMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** The closing line of a delivery. What strangers send is no warning. */
function logAnswer({ headers, payload, status, outcome, ms }: Answered, log: Log): void {
  const facts = {
    delivery: headers?.id,
    event: headers?.event,
    action: actionOf(payload),
    status,
    outcome,
    ms: Math.round(ms * 10) / 10,
  };
  if (outcome.includes("could not be read")) log.warn(facts, "delivery answered");
  else log.info(facts, "delivery answered");
}

/** Best effort and after the answer: the table is for people who ask what became of a delivery. */
async function recordDelivery(
  { headers, payload, outcome }: Answered,
  { deliveries, log }: EdgeOptions,
): Promise<void> {
  // Unverified senders leave no trace in the store.
  if (!headers || !payload) return;
  const row = {
    guid: headers.id,
    event: headers.event,
    action: actionOf(payload),
    installation: installationOf(payload),
    outcome,
  };
  try {
    await deliveries.record(row);
  } catch (error) {
    log.error({ err: error, delivery: headers.id }, "the delivery's outcome could not be recorded");
  }
}

function actionOf(payload: object | undefined): string | null {
  return payload && "action" in payload && typeof payload.action === "string" ? payload.action.slice(0, 64) : null;
}

function installationOf(payload: object): number | null {
  const at = "installation" in payload ? payload.installation : undefined;
  return typeof at === "object" && at !== null && "id" in at && typeof at.id === "number" ? at.id : null;
}
