import type { RepoRef, Sha } from "../domain/ids.ts";
import { now } from "./columns.ts";
import type { Database } from "./database.ts";
import { and, desc, eq, inArray, lt, sql, type SQL } from "./drizzle.ts";
import type { CoverageStore, MeasuredCoverage } from "./port.ts";
import { coverage } from "./schema.ts";

/** Each is up to a megabyte. */
const mostOfRepository = 100;

export function coverageStore(db: Database): CoverageStore {
  return {
    async put(repo, command, commit, value) {
      await db
        .insert(coverage)
        .values({ repo: repo.id, command, commit, value })
        .onConflictDoUpdate({ target: [coverage.repo, coverage.command, coverage.commit], set: { value, at: now } });
      const surplus = db
        .select({ commit: coverage.commit, command: coverage.command })
        .from(coverage)
        .where(eq(coverage.repo, repo.id))
        .orderBy(desc(coverage.at))
        .offset(mostOfRepository);
      await db
        .delete(coverage)
        .where(and(eq(coverage.repo, repo.id), inArray(sql`(${coverage.commit}, ${coverage.command})`, surplus)));
    },
    async get(repo, command, commit) {
      const [row] = await db
        .select({ value: coverage.value })
        .from(coverage)
        .where(is(repo, command, commit));
      // Only this module writes the column.
      return row === undefined ? null : (row.value as MeasuredCoverage);
    },
    async expire(olderThanMs) {
      const gone = await db
        .delete(coverage)
        .where(lt(coverage.at, sql`clock_timestamp() - ${olderThanMs} * interval '1 millisecond'`))
        .returning({ commit: coverage.commit });
      return gone.length;
    },
  };
}

function is(repo: RepoRef, command: string, commit: Sha): SQL | undefined {
  return and(eq(coverage.repo, repo.id), eq(coverage.command, command), eq(coverage.commit, commit));
}
