/** Hands a verified delivery to Probot and tells what became of it. */
import { Probot, ProbotOctokit } from "probot";
import type { Log } from "../../src/log.ts";
import { toBotEvent } from "./bot-event.ts";
import { watch, type Settled } from "./settled.ts";
import { codegenApp, subscribed, unasked, type Enqueue } from "./app.ts";

export interface Delivery {
  readonly id: string;
  readonly name: string;
  readonly payload: object;
}

export type Receive = (delivery: Delivery) => Promise<Settled>;

const handled: ReadonlySet<string> = new Set([...subscribed, ...unasked]);

/** @param secret only for Probot's own check on Lambda; the server has checked before */
export async function openReceiver(options: {
  enqueue: Enqueue;
  appId: number;
  secret: string;
  log: Log;
}): Promise<Receive> {
  const probot = await openProbot(options.secret, options.log);
  await probot.load(codegenApp(options.enqueue, options.appId));
  return async ({ id, name, payload }) => {
    if (!isHandled(name)) return notHandled(name, payload, options.appId);
    // The name comes from a header and is one of ours now; the payload is whatever GitHub signed.
    const event = { id, name, payload } as unknown as Parameters<Probot["receive"]>[0];
    return (await watch(() => probot.webhooks.receive(event))) ?? notHandled(name, payload, options.appId);
  };
}

export function isHandled(name: string): boolean {
  return handled.has(name);
}

/** Why nothing was done for an event that has no handler. */
export function notHandled(name: string, payload: object, appId: number): Settled {
  const event = toBotEvent(name, payload, appId);
  return { outcome: `ignored: ${event.kind === "ignored" ? event.reason : "no handler"}` };
}

/**
 * A Probot that listens and cannot speak: the edge asks GitHub nothing, so it gets no key, and its client neither
 * waits nor tries again.
 */
export async function openProbot(secret: string, log: Log): Promise<Probot> {
  const Octokit = ProbotOctokit.defaults((options: object) => ({
    ...options,
    retry: { enabled: false },
    throttle: { enabled: false },
  }));
  const probot = new Probot({
    githubToken: "none",
    secret,
    Octokit,
    log: log.child({ part: "probot" }, { level: "warn" }),
  });
  return probot.ready();
}
