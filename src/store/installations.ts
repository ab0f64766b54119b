import { and, asc, eq, notInArray, sql } from "./drizzle.ts";
import { now } from "./columns.ts";
import type { Database } from "./database.ts";
import type { InstallationStore } from "./port.ts";
import { installations, repositories } from "./schema.ts";

/** PostgreSQL takes 65,535 values in one statement; a repository has four. */
const rowsAtOnce = 5_000;

export function installationStore(db: Database): InstallationStore {
  return {
    async put({ id, ...rest }) {
      await db
        .insert(installations)
        .values({ id, ...rest })
        .onConflictDoUpdate({ target: installations.id, set: { ...rest, updatedAt: now } });
    },
    async remove(id) {
      await db.delete(installations).where(eq(installations.id, id));
    },
    setRepositories: (installation, wanted) =>
      db.transaction(async (tx) => {
        const rows = [
          ...new Map(wanted.map(({ id, owner, name }) => [id, { id, installation, owner, name }])).values(),
        ];
        const ids = rows.map((row) => row.id);
        await tx
          .delete(repositories)
          .where(
            and(
              eq(repositories.installation, installation),
              ids.length === 0
                ? undefined
                : notInArray(
                    repositories.id,
                    sql`(select value::bigint from json_array_elements_text(${JSON.stringify(ids)}::json))`,
                  ),
            ),
          );
        for (let at = 0; at < rows.length; at += rowsAtOnce)
          await tx
            .insert(repositories)
            .values(rows.slice(at, at + rowsAtOnce))
            .onConflictDoUpdate({
              target: repositories.id,
              set: { installation, owner: sql`excluded.owner`, name: sql`excluded.name` },
            });
      }),
    list: () => {
      const { id, account, suspended } = installations;
      return db.select({ id, account, suspended }).from(installations).orderBy(asc(id));
    },
    repositories: (of) => {
      const { id, installation, owner, name } = repositories;
      return db
        .select({ installation, id, owner, name })
        .from(repositories)
        .where(eq(installation, of))
        .orderBy(asc(owner), asc(name));
    },
  };
}
