import { spawn, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { chown, glob, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import pg from "pg";
import { freePort } from "./free-port.ts";

export interface PostgresServer {
  /** User, password and database included. */
  readonly url: string;
  /** A new, empty database of this server. */
  database(name: string): Promise<string>;
  /** Ends every connection, as a restart does. */
  dropConnections(): Promise<void>;
  close(): Promise<void>;
}

const password = "loopback-only";
const startMs = 20_000;

/**
 * A real PostgreSQL cluster of its own, on loopback, with passwords asked. It never runs as root.
 * @param more settings of postgresql.conf
 */
export async function startPostgres(more: Readonly<Record<string, number | string>> = {}): Promise<PostgresServer> {
  const binaries = await binariesFolder();
  const owner = await unprivileged();
  const folder = await mkdtemp(join(tmpdir(), "codegen-pg-"));
  const options: SpawnOptions = { cwd: folder, stdio: "ignore", ...owner };
  const data = join(folder, "data");
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, password);
  if (owner !== undefined) for (const path of [folder, passwordFile]) await chown(path, owner.uid, owner.gid);

  const init = ["-D", data, "-U", "codegen", "-A", "scram-sha-256", `--pwfile=${passwordFile}`, "-E", "UTF8"];
  const [code] = await once(spawn(join(binaries, "initdb"), [...init, "--locale=C", "--no-sync"], options), "exit");
  if (code !== 0) throw new Error(`initdb ended with ${String(code)}`);

  const port = await freePort();
  const settings = { port, listen_addresses: "127.0.0.1", unix_socket_directories: folder, fsync: "off", ...more };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const server = spawn(join(binaries, "postgres"), ["-D", data, ...flags], options);
  const killServer = (): void => void server.kill("SIGQUIT");
  process.once("exit", killServer);
  const exited = once(server, "exit");
  const address = (database: string): string => `postgres://codegen:${password}@127.0.0.1:${port}/${database}`;
  const run = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: address("postgres") });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await answering(() => run("select 1"), server);

  return {
    url: address("postgres"),
    async database(name) {
      await run(`create database "${name}"`);
      return address(name);
    },
    dropConnections: () =>
      run(
        "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname is not null",
      ),
    async close() {
      process.off("exit", killServer);
      // "Immediate": nobody needs the data.
      server.kill("SIGQUIT");
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function binariesFolder(): Promise<string> {
  const found: string[] = [];
  for await (const folder of glob("/usr/lib/postgresql/*/bin")) found.push(folder);
  const newest = found.toSorted((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1);
  if (newest === undefined) throw new Error("no PostgreSQL server found: apt-get install postgresql");
  return newest;
}

/** PostgreSQL refuses root. Undefined when this process is not root. */
async function unprivileged(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  const user = users.find(([name]) => name === "postgres") ?? users.find(([name]) => name === "nobody");
  if (user === undefined) throw new Error("there is neither a user postgres nor a user nobody to run PostgreSQL as");
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

async function answering(ask: () => Promise<void>, server: { exitCode: number | null }): Promise<void> {
  const end = Date.now() + startMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (server.exitCode !== null || Date.now() > end) throw error;
      await setTimeout(50);
    }
  }
}
