import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import type { App, Delivery } from "../state/apps.ts";
import { appById } from "../state/apps.ts";
import type { GitHub, WebhookEvent } from "../state/github.ts";
import { payloadOf, recipientsOf } from "./payload.ts";
import { postDelivery } from "./post.ts";
import { signatureHeaders } from "./sign.ts";

/** A delivery that is written but not yet sent. */
interface Letter {
  app: App;
  guid: string;
  event: string;
  action: string | null;
  redelivery: boolean;
  installationId: number | null;
  repositoryId: number | null;
  payload: Record<string, unknown>;
}

export interface EngineOptions {
  /** Milliseconds that a receiver has to answer; GitHub's ten seconds by default. */
  timeoutMs?: number;
  /** Holds a payload against GitHub's description; gives problems. */
  validate?: (event: string, action: string | undefined, payload: unknown) => string[];
  /** Called when the log has grown. */
  changed?: () => void;
}

/** Deliveries that are kept for `GET /app/hook/deliveries`. */
const kept = 1000;

/** Sends webhooks as GitHub does: after the answer of the request that caused them, in order per app, signed, once, with a log. */
export class DeliveryEngine {
  readonly #github: GitHub;
  readonly #timeoutMs: number;
  readonly #validate: NonNullable<EngineOptions["validate"]>;
  readonly #changed: () => void;
  readonly #held = new AsyncLocalStorage<Letter[]>();
  readonly #queues = new Map<number, Promise<void>>();
  readonly #stop = new AbortController();
  #open = 0;
  #idle: (() => void)[] = [];

  constructor(github: GitHub, options: EngineOptions = {}) {
    this.#github = github;
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#validate = options.validate ?? (() => []);
    this.#changed = options.changed ?? (() => undefined);
    github.onEvent = (event) => this.#accept(event);
    github.redeliver = (delivery) => this.redeliver(delivery);
  }

  /** Runs the work of one request; what it emits is sent when `work` is over, which must include the answer. */
  async hold(work: () => Promise<void>): Promise<void> {
    const letters: Letter[] = [];
    this.#enter();
    try {
      await this.#held.run(letters, work);
    } finally {
      for (const letter of letters) this.#send(letter);
      this.#leave();
    }
  }

  /** Resolves when no held request is at work and every delivery was answered or given up. */
  async settled(): Promise<void> {
    // One more turn: a request whose client already has its answer may still be on its way to `hold`'s end.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#open > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Sends a logged delivery again, under the same GUID. */
  redeliver(delivery: Delivery): void {
    const { guid, event, action, installationId, repositoryId } = delivery;
    const app = appById(this.#github.state, delivery.appId);
    const payload = delivery.request.payload;
    this.#post({ app, guid, event, action, installationId, repositoryId, payload, redelivery: true });
  }

  /** Gives up what is under way. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.settled();
  }

  #accept(event: WebhookEvent): void {
    for (const { app, installation } of recipientsOf(this.#github, event)) {
      // A copy: later changes must not show in what was said before.
      const payload = structuredClone(payloadOf(this.#github, event, installation));
      this.#check(event, payload);
      if (app.webhookUrl === null) continue;
      this.#post({
        app,
        guid: randomUUID(),
        event: event.event,
        action: event.action,
        redelivery: false,
        installationId: installation.id,
        repositoryId: event.repository?.id ?? null,
        payload,
      });
    }
  }

  #check(event: WebhookEvent, payload: Record<string, unknown>): void {
    const problems = this.#validate(event.event, event.action ?? undefined, payload);
    const where = [event.event, event.action].filter(Boolean).join(".");
    if (problems.length > 0) this.#github.violations.push({ kind: "delivery", where, problems });
  }

  #post(letter: Letter): void {
    const held = this.#held.getStore();
    if (held) held.push(letter);
    else this.#send(letter);
  }

  #send(letter: Letter): void {
    const before = this.#queues.get(letter.app.id) ?? Promise.resolve();
    this.#enter();
    const sent = before.then(() => this.#deliver(letter)).finally(() => this.#leave());
    this.#queues.set(letter.app.id, sent);
  }

  async #deliver(letter: Letter): Promise<void> {
    const { app, guid, event } = letter;
    if (this.#stop.signal.aborted || app.webhookUrl === null) return;
    const body = JSON.stringify(letter.payload);
    const headers = {
      Accept: "*/*",
      "content-type": "application/json",
      "User-Agent": "GitHub-Hookshot/10ca1ab",
      "X-GitHub-Delivery": guid,
      "X-GitHub-Event": event,
      "X-GitHub-Hook-ID": String(app.hookId),
      "X-GitHub-Hook-Installation-Target-ID": String(app.id),
      "X-GitHub-Hook-Installation-Target-Type": "integration",
      ...signatureHeaders(app.webhookSecret, body),
    };
    const started = performance.now();
    const deliveredAt = this.#github.now().toISOString();
    const options = { timeoutMs: this.#timeoutMs, signal: this.#stop.signal };
    const result = await postDelivery(app.webhookUrl, headers, body, options);
    this.#log({
      id: this.#github.nextId(),
      guid,
      appId: app.id,
      installationId: letter.installationId,
      repositoryId: letter.repositoryId,
      event,
      action: letter.action,
      redelivery: letter.redelivery,
      deliveredAt,
      duration: Math.round(performance.now() - started) / 1000,
      status: result.status,
      statusCode: result.statusCode,
      url: app.webhookUrl,
      throttledAt: null,
      request: { headers, payload: letter.payload },
      response: { headers: result.headers, payload: result.payload },
    });
  }

  #log(delivery: Delivery): void {
    const { deliveries } = this.#github.state;
    deliveries.push(delivery);
    if (deliveries.length > kept) deliveries.splice(0, deliveries.length - kept);
    this.#changed();
  }

  #enter(): void {
    this.#open += 1;
  }

  #leave(): void {
    this.#open -= 1;
    if (this.#open > 0) return;
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }
}
