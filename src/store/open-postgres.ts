import pg from "pg";
import { messageOf, StartError } from "../errors.ts";
import type { Log } from "../log.ts";
import { migrationsFolder } from "./database.ts";
import { loadPostgres } from "./drizzle.ts";
import { rootOf } from "./guard.ts";
import type { OpenedDatabase } from "./open-store.ts";

const reachMs = 5_000;

/** A PostgreSQL of the operator's, shared by all processes. */
export async function openPostgres(databaseUrl: string, log: Log, isMigrating: boolean): Promise<OpenedDatabase> {
  const place = withoutPassword(databaseUrl);
  const { drizzle } = loadPostgres();
  const pool = new pg.Pool({ connectionString: databaseUrl, connectionTimeoutMillis: reachMs, keepAlive: true });
  pool.on("error", (error) => log.warn({ error: error.message }, "an idle store connection broke"));
  try {
    await (isMigrating ? migrateAlone(pool) : pool.query("select 1"));
  } catch (error) {
    await pool.end();
    throw new StartError(`The store at ${place} cannot be used: ${explain(error)} Check DATABASE_URL.`);
  }
  return { db: drizzle({ client: pool }), ping: () => pool.query("select 1"), close: () => pool.end() };
}

/** Drizzle takes no lock of its own; processes that start together would make the same tables twice. */
async function migrateAlone(pool: pg.Pool): Promise<void> {
  const { drizzle, migrate } = loadPostgres();
  const client = await pool.connect();
  try {
    await client.query("select pg_advisory_lock(hashtext('codegen.migrations'))");
    await migrate(drizzle({ client }), { migrationsFolder });
  } finally {
    // Ending the session gives the lock back, whatever happened.
    client.release(true);
  }
}

/** By PostgreSQL's error codes (appendix A of its manual) and Node's. */
function explain(error: unknown): string {
  const root = rootOf(error);
  const code = typeof root === "object" && root !== null && "code" in root ? root.code : undefined;
  switch (code) {
    case "ECONNREFUSED":
      return "nothing listens there.";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "the host name is unknown.";
    case "28P01":
    case "28000":
      return "user or password is wrong.";
    case "3D000":
      return "the database does not exist: create it first.";
    case "42501":
      return `the user may not create what the store needs (${messageOf(root)}).`;
    default:
      return `${messageOf(root).slice(0, 300) || "no connection"}.`;
  }
}

function withoutPassword(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname}`;
  } catch {
    return "DATABASE_URL (not a URL)";
  }
}
