import { only, type Database } from "./database.ts";
import { and, eq, inArray, sql, type SQL } from "./drizzle.ts";
import type { Spending, UsageStore } from "./port.ts";
import { runs, usage } from "./schema.ts";

const sumOf = (column: SQL | (typeof usage)[keyof Spending]) => sql`coalesce(sum(${column}), 0)`.mapWith(Number);
const sums = {
  steps: sumOf(usage.steps),
  ms: sumOf(usage.ms),
  inputTokens: sumOf(usage.inputTokens),
  outputTokens: sumOf(usage.outputTokens),
  usd: sumOf(usage.usd),
};

export function usageStore(db: Database): UsageStore {
  return {
    async add(spent) {
      await db.insert(usage).values(spent);
    },
    async ofRun(runId) {
      return only(await db.select(sums).from(usage).where(eq(usage.runId, runId)));
    },
    async of(repo, { numbers, withinMs }) {
      const rows = await db
        .select(sums)
        .from(usage)
        .innerJoin(runs, eq(usage.runId, runs.id))
        .where(
          and(
            eq(runs.repo, repo.id),
            numbers === undefined ? undefined : inArray(runs.number, [...numbers]),
            withinMs === undefined
              ? undefined
              : sql`${usage.at} > clock_timestamp() - ${withinMs} * interval '1 millisecond'`,
          ),
        );
      return only(rows);
    },
  };
}
