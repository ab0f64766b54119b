import { fileURLToPath } from "node:url";
import type { PgDatabase, PgQueryResultHKT } from "./drizzle.ts";
import type { RepoRef } from "../domain/ids.ts";

/** What PGlite and node-postgres have in common under drizzle; a transaction is one as well. */
export type Database = PgDatabase<PgQueryResultHKT>;

export const migrationsFolder = fileURLToPath(new URL("./migrations", import.meta.url));

/** The columns in which a table names a repository. */
export function repoColumns(repo: RepoRef): { installation: number; repo: number; owner: string; name: string } {
  return { installation: repo.installation, repo: repo.id, owner: repo.owner, name: repo.name };
}

export function toRepo(row: { installation: number; repo: number; owner: string; name: string }): RepoRef {
  return { installation: row.installation, id: row.repo, owner: row.owner, name: row.name };
}

/** The only row of a statement that gives exactly one. */
export function only<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error("the store gave no row where there must be one");
  return row;
}
