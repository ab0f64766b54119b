import type { GitHubApp } from "./client.ts";
import type { Writer } from "./writer.ts";

export interface FailedDelivery {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  /** Of the newest attempt, ISO 8601. */
  readonly deliveredAt: string;
  /** Attempts so far, the first included. */
  readonly attempts: number;
}

/**
 * Deliveries of this App's webhook since `since` whose newest attempt failed. GitHub never retries by itself.
 * @see https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries
 */
export async function listFailedDeliveries(app: GitHubApp, since: Date): Promise<readonly FailedDelivery[]> {
  const byGuid = new Map<string, FailedDelivery & { done: boolean }>();
  for await (const page of app.app.paginate.iterator("GET /app/hook/deliveries", { per_page: 100 })) {
    for (const item of page.data) {
      const done = item.status_code >= 200 && item.status_code < 400;
      const known = byGuid.get(item.guid);
      // Newest first: the first seen is the newest attempt, and a success anywhere settles the GUID.
      byGuid.set(item.guid, {
        id: known?.id ?? item.id,
        guid: item.guid,
        event: item.event,
        deliveredAt: known?.deliveredAt ?? item.delivered_at,
        attempts: (known?.attempts ?? 0) + 1,
        done: done || (known?.done ?? false),
      });
    }
    const oldest = page.data.at(-1)?.delivered_at;
    if (oldest === undefined || new Date(oldest) < since) break;
  }
  return [...byGuid.values()].filter(({ done, deliveredAt }) => !done && new Date(deliveredAt) >= since);
}

/** Asks GitHub to send a delivery again; it comes with the same GUID, so it can do no harm. */
export async function redeliver(app: GitHubApp, writer: Writer, delivery: FailedDelivery): Promise<void> {
  await writer.put(`redelivery of ${delivery.guid}`, () =>
    app.app.request("POST /app/hook/deliveries/{delivery_id}/attempts", {
      delivery_id: delivery.id,
      request: { retries: 0 },
    }),
  );
}
