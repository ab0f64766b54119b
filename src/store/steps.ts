import { and, asc, eq, exists, sql, type SQL } from "./drizzle.ts";
import { now } from "./columns.ts";
import type { Database } from "./database.ts";
import { isHeld } from "./leases.ts";
import type { StepStore } from "./port.ts";
import { leases, steps } from "./schema.ts";

const maxResultBytes = 16 * 1024 * 1024;

export function stepStore(db: Database): StepStore {
  const finished: StepStore["finished"] = async (runId, name) => {
    const [row] = await db
      .select({ result: steps.result, isVoid: sql<boolean>`${steps.result} is null` })
      .from(steps)
      .where(and(is(runId, name), eq(steps.state, "finished")));
    if (row === undefined) return undefined;
    return { result: row.isVoid ? undefined : row.result };
  };

  return {
    finished,
    async begin(runId, name) {
      const [begun] = await db
        .insert(steps)
        .values({ runId, name, state: "started" })
        .onConflictDoUpdate({
          target: [steps.runId, steps.name],
          set: { state: "started", error: null, startedAt: now, finishedAt: null },
          setWhere: sql`${steps.state} <> 'finished'`,
        })
        .returning({ name: steps.name });
      return begun === undefined ? finished(runId, name) : undefined;
    },
    async finish(runId, name, result, lease) {
      const json = result === undefined ? undefined : JSON.stringify(result);
      const bytes = json === undefined ? 0 : Buffer.byteLength(json);
      if (bytes > maxResultBytes)
        throw new RangeError(`the result of the step ${name} is ${bytes} bytes; at most ${maxResultBytes} can be kept`);
      const kept = await db
        .update(steps)
        .set({
          state: "finished",
          // Not through the column's own encoder: it cannot tell JSON's null from "no result".
          result: json === undefined ? sql`null` : sql`${json}::json`,
          error: null,
          finishedAt: now,
        })
        .where(and(is(runId, name), exists(db.select().from(leases).where(isHeld(lease)))))
        .returning({ name: steps.name });
      return kept.length > 0;
    },
    async fail(runId, name, error) {
      const failed = { state: "failed" as const, error, finishedAt: now };
      await db
        .insert(steps)
        .values({ runId, name, ...failed })
        .onConflictDoUpdate({
          target: [steps.runId, steps.name],
          set: failed,
          setWhere: sql`${steps.state} <> 'finished'`,
        });
    },
    async list(runId) {
      const { name, state, error, startedAt, finishedAt } = steps;
      return db
        .select({ name, state, error, startedAt, finishedAt })
        .from(steps)
        .where(eq(steps.runId, runId))
        .orderBy(asc(steps.seq));
    },
  };
}

function is(runId: string, name: string): SQL | undefined {
  return and(eq(steps.runId, runId), eq(steps.name, name));
}
