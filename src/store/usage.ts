import { eq, sql } from "./drizzle.ts";
import { only, type Database } from "./database.ts";
import type { UsageStore } from "./port.ts";
import { usage } from "./schema.ts";

export function usageStore(db: Database): UsageStore {
  return {
    async add(spent) {
      await db.insert(usage).values(spent);
    },
    async ofRun(runId) {
      const sums = await db
        .select({
          inputTokens: sql`coalesce(sum(${usage.inputTokens}), 0)`.mapWith(Number),
          outputTokens: sql`coalesce(sum(${usage.outputTokens}), 0)`.mapWith(Number),
          usd: sql`coalesce(sum(${usage.usd}), 0)`.mapWith(Number),
        })
        .from(usage)
        .where(eq(usage.runId, runId));
      return only(sums);
    },
  };
}
