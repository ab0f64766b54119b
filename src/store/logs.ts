import type { Database } from "./database.ts";
import { and, asc, desc, eq, getTableColumns, gt, isNotNull, isNull, lt, max, sql, type SQL } from "./drizzle.ts";
import { now } from "./columns.ts";
import { only } from "./database.ts";
import type { LogChunk, LogStore } from "./port.ts";
import { logChunks, logFiles, logs, runs } from "./schema.ts";

/** Of a line that never ends, its end counts. */
const mostOfLine = 500;

export function logStore(db: Database): LogStore {
  const chunk = { logId: logChunks.logId, seq: logChunks.seq, line: logChunks.line, text: logChunks.text };
  const { report: _, ...log } = getTableColumns(logs);
  const file = { id: logFiles.id, logId: logFiles.logId, path: logFiles.path, bytes: logFiles.bytes };
  return {
    open: (runId, name, command) =>
      alone(db, runId, async (tx) => {
        const same = and(eq(logs.runId, runId), eq(logs.name, name));
        await tx
          .update(logs)
          .set({ endedAt: now, end: "interrupted" })
          .where(and(same, isNull(logs.endedAt)));
        const [last] = await tx
          .select({ attempt: max(logs.attempt) })
          .from(logs)
          .where(same);
        const attempt = (last?.attempt ?? 0) + 1;
        return only(await tx.insert(logs).values({ runId, name, attempt, command }).returning(log));
      }),
    append: ({ id, runId }, chunks) =>
      alone(db, runId, async (tx) => {
        const [open] = await tx
          .select({ id: logs.id })
          .from(logs)
          .where(and(eq(logs.id, id), isNull(logs.endedAt)));
        if (open === undefined) return false;
        const before = await newestOf(tx, runId);
        const rows = chunks.map(({ line, text }, index) => ({
          runId,
          logId: id,
          seq: before + 1 + index,
          line,
          ends: text.split("\n").length - 1,
          text,
        }));
        if (rows.length > 0) await tx.insert(logChunks).values(rows);
        return true;
      }),
    async end(id, { end, code, report }) {
      await db
        .update(logs)
        .set({ endedAt: now, end, code, ...(report === undefined ? {} : { report }) })
        .where(and(eq(logs.id, id), isNull(logs.endedAt)));
    },
    of: (runId) => db.select(log).from(logs).where(eq(logs.runId, runId)).orderBy(asc(logs.id)),
    async reports(runId) {
      const rows = await db
        .select({ id: logs.id, report: logs.report })
        .from(logs)
        .where(and(eq(logs.runId, runId), isNotNull(logs.report)));
      return new Map(rows.flatMap(({ id, report }) => (report === null ? [] : [[id, report]])));
    },
    async chunks(id, { after, before, limit }) {
      const rows = await db
        .select(chunk)
        .from(logChunks)
        .where(
          and(
            eq(logChunks.logId, id),
            after === undefined ? undefined : gt(logChunks.seq, after),
            before === undefined ? undefined : lt(logChunks.seq, before),
          ),
        )
        .orderBy(before === undefined ? asc(logChunks.seq) : desc(logChunks.seq))
        .limit(limit);
      return inOrder(rows);
    },
    async upToLine(id, line, before) {
      const rows = await db
        .select(chunk)
        .from(logChunks)
        .where(
          and(eq(logChunks.logId, id), lt(logChunks.seq, before), sql`${logChunks.line} + ${logChunks.ends} = ${line}`),
        )
        .orderBy(desc(logChunks.seq))
        .limit(mostOfLine);
      return inOrder(rows);
    },
    since: (runId, after, limit) =>
      db
        .select(chunk)
        .from(logChunks)
        .where(and(eq(logChunks.runId, runId), gt(logChunks.seq, after)))
        .orderBy(asc(logChunks.seq))
        .limit(limit),
    newest: (runId) => newestOf(db, runId),
    async keepFile(logId, { path, text }) {
      const kept = { bytes: Buffer.byteLength(text), text };
      await db
        .insert(logFiles)
        .values({ logId, path, ...kept })
        .onConflictDoUpdate({ target: [logFiles.logId, logFiles.path], set: kept });
    },
    files: (runId) =>
      db
        .select(file)
        .from(logFiles)
        .innerJoin(logs, eq(logs.id, logFiles.logId))
        .where(eq(logs.runId, runId))
        .orderBy(asc(logFiles.id)),
    async file(runId, id) {
      const [found] = await db
        .select({ ...file, text: logFiles.text })
        .from(logFiles)
        .innerJoin(logs, eq(logs.id, logFiles.logId))
        .where(and(eq(logs.runId, runId), eq(logFiles.id, id)));
      return found ?? null;
    },
    uses(installation, withinMs) {
      const end = sql`case when ${logs.endedAt} is null and ${runs.state} = 'running' then statement_timestamp() else ${logs.endedAt} end`;
      return db
        .select({
          ageMs: milliseconds(sql`statement_timestamp() - ${logs.startedAt}`),
          ms: milliseconds(sql`coalesce(${end} - ${logs.startedAt}, interval '0')`),
        })
        .from(logs)
        .innerJoin(runs, eq(runs.id, logs.runId))
        .where(
          and(
            eq(runs.installation, installation),
            sql`${logs.end} is distinct from 'interrupted'`,
            sql`${logs.startedAt} > statement_timestamp() - ${withinMs} * interval '1 millisecond'`,
          ),
        );
    },
    async expire(olderThanMs) {
      const gone = await db
        .delete(logs)
        .where(sql`${logs.startedAt} <= clock_timestamp() - ${olderThanMs} * interval '1 millisecond'`)
        .returning({ id: logs.id });
      return gone.length;
    },
  };
}

function milliseconds(interval: SQL) {
  return sql`extract(epoch from ${interval}) * 1000`.mapWith(Number);
}

/** Chunks of one run are numbered one by one, so two must not be stored side by side. */
function alone<T>(db: Database, runId: string, work: (tx: Database) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('codegen.logs'), hashtext(${runId}))`);
    return work(tx);
  });
}

async function newestOf(db: Database, runId: string): Promise<number> {
  const [row] = await db
    .select({ seq: max(logChunks.seq) })
    .from(logChunks)
    .where(eq(logChunks.runId, runId));
  return row?.seq ?? 0;
}

function inOrder(rows: readonly LogChunk[]): readonly LogChunk[] {
  return rows.toSorted((one, other) => one.seq - other.seq);
}
