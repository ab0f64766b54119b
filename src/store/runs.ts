import { and, count, desc, eq, inArray, lt, ne, notInArray, sql, type SQL } from "./drizzle.ts";
import type { RunState } from "../domain/run.ts";
import { now } from "./columns.ts";
import { only, repoColumns, toRepo, type Database } from "./database.ts";
import type { Run, RunStore } from "./port.ts";
import { events, leases, runs } from "./schema.ts";

const finalStates: RunState[] = ["succeeded", "failed", "cancelled", "superseded"];
const alive = notInArray(runs.state, finalStates);

export function runStore(db: Database): RunStore {
  const select = async (where: SQL | undefined, limit: number): Promise<readonly Run[]> =>
    (await db.select().from(runs).where(where).orderBy(desc(runs.seq)).limit(limit)).map(toRun);

  return {
    async open({ kind, repo, number, head, jobId, actor }) {
      const made = db.$with("changed").as(
        db
          .insert(runs)
          .values({ kind, ...repoColumns(repo), number, head, jobId, actor })
          .onConflictDoNothing({ target: runs.jobId })
          .returning(),
      );
      const note = noted(db, "run.queued", { kind, number, actor });
      const [run] = await db.with(made, note).select().from(made);
      return run === undefined ? only(await select(eq(runs.jobId, jobId), 1)) : toRun(run);
    },
    async get(id) {
      return (await select(eq(runs.id, id), 1))[0] ?? null;
    },
    async byJob(jobId) {
      return (await select(eq(runs.jobId, jobId), 1))[0] ?? null;
    },
    async move(id, state, reason) {
      const moved = db.$with("changed").as(
        db
          .update(runs)
          .set({ state, reason: reason ?? null, updatedAt: now })
          .where(and(eq(runs.id, id), alive))
          .returning({ id: runs.id }),
      );
      const note = noted(db, `run.${state}`, reason === undefined ? undefined : { reason });
      return (await db.with(moved, note).select().from(moved)).length > 0;
    },
    async setHead(id, head) {
      await db.update(runs).set({ head, updatedAt: now }).where(eq(runs.id, id));
    },
    of: (repo, number, options = {}) =>
      select(
        and(
          eq(runs.repo, repo.id),
          eq(runs.number, number),
          options.alive === true ? alive : undefined,
          options.kind === undefined ? undefined : eq(runs.kind, options.kind),
        ),
        options.limit ?? 100,
      ),
    async requestCancel(repo, number, by, options = {}) {
      const { kind, except, only: single, olderThan } = options;
      const marked = db.$with("changed").as(
        db
          .update(runs)
          // The first who asked stays named.
          .set({
            cancelRequestedBy: sql`coalesce(${runs.cancelRequestedBy}, ${sql.param(by, runs.cancelRequestedBy)})`,
          })
          .where(
            and(
              eq(runs.repo, repo.id),
              eq(runs.number, number),
              alive,
              kind === undefined ? undefined : eq(runs.kind, kind),
              except === undefined ? undefined : ne(runs.id, except),
              single === undefined ? undefined : eq(runs.id, single),
              olderThan === undefined
                ? undefined
                : lt(runs.seq, sql`(select r.seq from ${runs} r where r.id = ${sql.param(olderThan, runs.id)})`),
            ),
          )
          .returning(),
      );
      const note = noted(db, "run.cancel-requested", { by });
      return (await db.with(marked, note).select().from(marked).orderBy(desc(marked.seq))).map(toRun);
    },
    orphans: (olderThanMs) =>
      select(
        and(
          alive,
          sql`${runs.updatedAt} <= clock_timestamp() - ${olderThanMs} * interval '1 millisecond'`,
          sql`not exists (select 1 from ${leases} where ${leases.owner} = ${runs.id} and ${leases.expiresAt} > clock_timestamp())`,
        ),
        1_000,
      ),
    endedWithout: (event, olderThanMs, withinMs) =>
      select(
        and(
          inArray(runs.state, ["failed", "cancelled", "superseded"]),
          sql`${runs.updatedAt} <= clock_timestamp() - ${olderThanMs} * interval '1 millisecond'`,
          sql`${runs.updatedAt} > clock_timestamp() - ${withinMs} * interval '1 millisecond'`,
          sql`not exists (select 1 from ${events} where ${events.runId} = ${runs.id} and ${events.name} = ${event})`,
        ),
        100,
      ),
    countByState: () =>
      db
        .select({ kind: runs.kind, state: runs.state, count: count() })
        .from(runs)
        .groupBy(runs.kind, runs.state)
        .orderBy(runs.kind, runs.state),
  };
}

/**
 * The journal's note of what the part `changed` of the same statement did to runs, one for each: with it in one statement, neither is there without
 * the other, and both take one round trip.
 */
function noted(db: Database, name: string, data?: object) {
  const json = data === undefined ? null : JSON.stringify(data);
  return db
    .$with("noted", {})
    .as(sql`insert into ${events} (run_id, name, data) select id, ${name}::text, ${json}::json from changed`);
}

function toRun(row: typeof runs.$inferSelect): Run {
  const { id, kind, number, head, state, reason, jobId, actor, cancelRequestedBy, createdAt, updatedAt } = row;
  const repo = toRepo(row);
  return { id, kind, repo, number, head, state, reason, jobId, actor, cancelRequestedBy, createdAt, updatedAt };
}
