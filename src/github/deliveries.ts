import type { GitHubApp } from "./client.ts";
import type { Writer } from "./writer.ts";

export interface FailedDelivery {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly deliveredAt: string;
}

/**
 * Deliveries of this App's webhook since `since` whose newest attempt failed. GitHub never retries by itself.
 * @see https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries
 */
export async function listFailedDeliveries(app: GitHubApp, since: Date): Promise<readonly FailedDelivery[]> {
  const newest = new Map<string, { failed: boolean; delivery: FailedDelivery }>();
  for await (const page of app.app.paginate.iterator("GET /app/hook/deliveries", { per_page: 100 })) {
    for (const item of page.data) {
      const done = item.status_code >= 200 && item.status_code < 400;
      const known = newest.get(item.guid);
      // Newest first; a success anywhere settles the GUID.
      if (!known) {
        newest.set(item.guid, {
          failed: !done,
          delivery: { id: Number(item.id), guid: item.guid, event: item.event, deliveredAt: item.delivered_at },
        });
      } else if (done) known.failed = false;
    }
    const oldest = page.data.at(-1)?.delivered_at;
    if (oldest === undefined || new Date(oldest) < since) break;
  }
  return [...newest.values()]
    .filter(({ failed, delivery }) => failed && new Date(delivery.deliveredAt) >= since)
    .map(({ delivery }) => delivery);
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
