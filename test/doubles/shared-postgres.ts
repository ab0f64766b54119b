/**
 * One PostgreSQL for all bots of a test run, a database each. Beside the embedded store, which is PostgreSQL compiled to WebAssembly, it does
 * the same work for a fraction of the processor's time.
 */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { startPostgres } from "./postgres.ts";

/** Names the server that Jest's global set-up has started for all workers. */
export const serverVariable = "CODEGEN_TEST_POSTGRES";

const templateName = "bot_template";

export interface SharedPostgres {
  readonly url: string;
  /** The database that is copied for each bot; whoever opens the server fills it. */
  readonly template: string;
  close(): Promise<void>;
}

export async function startSharedPostgres(): Promise<SharedPostgres> {
  const server = await startPostgres({ max_connections: 400 });
  return { url: server.url, template: await server.database(templateName), close: () => server.close() };
}

/** A database with all tables in it; undefined where no server was started for all. */
export async function openSharedDatabase(): Promise<{ url: string; drop(): Promise<void> } | undefined> {
  const server = process.env[serverVariable];
  if (server === undefined) return undefined;
  const name = `bot_${randomUUID().replaceAll("-", "")}`;
  await run(server, `create database ${name} template ${templateName} strategy file_copy`);
  const url = new URL(server);
  url.pathname = name;
  return { url: url.href, drop: () => run(server, `drop database ${name} with (force)`) };
}

async function run(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
