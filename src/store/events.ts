import { asc, eq } from "./drizzle.ts";
import type { Database } from "./database.ts";
import type { EventStore } from "./port.ts";
import { events } from "./schema.ts";

export function eventStore(db: Database): EventStore {
  return {
    async append({ runId, name, data }) {
      await db.insert(events).values({ runId: runId ?? null, name, data: data ?? null });
    },
    of: (runId) => {
      const { seq, name, data, at } = events;
      return db.select({ seq, name, data, at }).from(events).where(eq(events.runId, runId)).orderBy(asc(events.seq));
    },
  };
}
