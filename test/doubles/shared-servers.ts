/**
 * One PostgreSQL and one Redis for all bots of a test run: a database and a queue's name each. Beside the embedded store, which is PostgreSQL
 * compiled to WebAssembly, they do the same work for a fraction of the processor's time.
 */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { startPostgres } from "./postgres.ts";
import { startRedis } from "./redis.ts";

/** Name the servers that Jest's global set-up has started for all workers. */
export const serverVariables = { postgres: "CODEGEN_TEST_POSTGRES", redis: "CODEGEN_TEST_REDIS" };

const templateName = "bot_template";

export interface SharedServers {
  readonly postgres: string;
  readonly redis: string;
  /** The database that is copied for each bot; whoever opens the servers fills it. */
  readonly template: string;
  close(): Promise<void>;
}

export async function startSharedServers(): Promise<SharedServers> {
  const [postgres, redis] = await Promise.all([startPostgres({ max_connections: 400 }), startRedis()]);
  return {
    postgres: postgres.url,
    redis: redis.url,
    template: await postgres.database(templateName),
    close: async () => void (await Promise.all([postgres.close(), redis.close()])),
  };
}

/** Where a bot may keep its runs, with all tables there, and its queue. */
export interface SharedPlace {
  readonly databaseUrl: string;
  readonly queueUrl: string;
  readonly queueName: string;
  drop(): Promise<void>;
}

/** @returns undefined where no servers were started for all */
export async function openSharedPlace(): Promise<SharedPlace | undefined> {
  const [server, queueUrl] = [process.env[serverVariables.postgres], process.env[serverVariables.redis]];
  if (server === undefined || queueUrl === undefined) return undefined;
  const name = `bot_${randomUUID().replaceAll("-", "")}`;
  await run(server, `create database ${name} template ${templateName} strategy file_copy`);
  const url = new URL(server);
  url.pathname = name;
  const drop = () => run(server, `drop database ${name} with (force)`);
  return { databaseUrl: url.href, queueUrl, queueName: name, drop };
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
