/**
 * drizzle, by its CommonJS build. The code is the same, but Node loads its two hundred modules in 0.1 s, where the ES modules take
 * 0.6 s of each start of a process.
 */
import { createRequire } from "node:module";
import type * as core from "drizzle-orm";
import type * as postgresDriver from "drizzle-orm/node-postgres";
import type * as postgresMigrator from "drizzle-orm/node-postgres/migrator";
import type * as pgCore from "drizzle-orm/pg-core";
import type * as embeddedDriver from "drizzle-orm/pglite";
import type * as embeddedMigrator from "drizzle-orm/pglite/migrator";
import type * as pglite from "@electric-sql/pglite";

export type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
export type { SQL } from "drizzle-orm";

const load = createRequire(import.meta.url);

export const {
  and,
  asc,
  count,
  desc,
  eq,
  exists,
  getTableColumns,
  gt,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  max,
  ne,
  notInArray,
  sql,
} = load("drizzle-orm") as typeof core;

export const { bigint, boolean, customType, doublePrecision, index, integer, pgSchema, primaryKey, uniqueIndex } = load(
  "drizzle-orm/pg-core",
) as typeof pgCore;

/** For a PostgreSQL of the operator's. */
export function loadPostgres(): Pick<typeof postgresDriver, "drizzle"> & Pick<typeof postgresMigrator, "migrate"> {
  const { drizzle } = load("drizzle-orm/node-postgres") as typeof postgresDriver;
  const { migrate } = load("drizzle-orm/node-postgres/migrator") as typeof postgresMigrator;
  return { drizzle, migrate };
}

/** For the embedded store, PGlite itself included: a process with a PostgreSQL of its own does not carry it. */
export function loadEmbedded(): Pick<typeof pglite, "PGlite"> &
  Pick<typeof embeddedDriver, "drizzle"> &
  Pick<typeof embeddedMigrator, "migrate"> {
  const { PGlite } = load("@electric-sql/pglite") as typeof pglite;
  const { drizzle } = load("drizzle-orm/pglite") as typeof embeddedDriver;
  const { migrate } = load("drizzle-orm/pglite/migrator") as typeof embeddedMigrator;
  return { PGlite, drizzle, migrate };
}
