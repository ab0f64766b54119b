/**
 * The Probot function: a routing table, nothing else. It never asks GitHub anything and never works; it puts jobs
 * into the queue, and is done when the queue has them.
 */
import type { ApplicationFunction, Probot } from "probot";
import type { JobQueue } from "../../pipelines/queue.ts";
import { toBotEvent } from "./bot-event.ts";
import { route } from "./route.ts";
import { settle } from "./settled.ts";

export type Enqueue = JobQueue["enqueue"];

/** Sent to every App, subscribed or not; `app.yml` may not name them. */
export const unasked = ["installation", "installation_repositories"] as const;

/** What the App subscribes to; `app.yml` says the same, and a test holds them together. */
export const subscribed = [
  "check_run",
  "check_suite",
  "issue_comment",
  "issues",
  "pull_request",
  "pull_request_review",
  "pull_request_review_comment",
  "repository",
  "status",
] as const;

/** @param appId tells our own comments and checks from everybody else's */
export function codegenApp(enqueue: Enqueue, appId: number): ApplicationFunction {
  return (app: Pick<Probot, "on">) => {
    app.on([...subscribed, ...unasked], ({ id, name, payload }) =>
      settle(async () => {
        const { jobs, outcome } = route(toBotEvent(name, payload, appId), id);
        await Promise.all(
          jobs.map(({ name: job, data, dedupe }, index) => enqueue(job, data, { index, ...(dedupe && { dedupe }) })),
        );
        return outcome;
      }),
    );
  };
}
