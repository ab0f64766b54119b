import { eq } from "./drizzle.ts";
import type { Database } from "./database.ts";
import type { DeliveryStore } from "./port.ts";
import { deliveries } from "./schema.ts";

export function deliveryStore(db: Database): DeliveryStore {
  return {
    async record(delivery) {
      // A redelivery has the same GUID; what became of it last is what people ask for.
      await db
        .insert(deliveries)
        .values(delivery)
        .onConflictDoUpdate({ target: deliveries.guid, set: { outcome: delivery.outcome } });
    },
    async get(guid) {
      const { event, outcome, at } = deliveries;
      const [row] = await db.select({ event, outcome, at }).from(deliveries).where(eq(deliveries.guid, guid));
      return row === undefined ? null : { guid, ...row };
    },
  };
}
