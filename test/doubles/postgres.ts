import { spawn, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import pg from "pg";
import { postgresFolder } from "../../deploy/postgres-folder.ts";
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

/** Names the folder that `makeCluster` gave, of which every server then gets a copy: to make one takes fourteen times as long. */
export const clusterVariable = "CODEGEN_TEST_POSTGRES_CLUSTER";

/** @returns the folder with the files of a PostgreSQL that was never started, for the caller to remove */
export async function makeCluster(): Promise<string> {
  const place = await openPlace();
  await initialise(place);
  return place.folder;
}

/**
 * A real PostgreSQL cluster of its own, on loopback, with passwords asked. It never runs as root.
 * @param more settings of postgresql.conf
 */
export async function startPostgres(more: Readonly<Record<string, number | string>> = {}): Promise<PostgresServer> {
  const place = await openPlace();
  const { folder, data, binaries, options } = place;
  const cluster = process.env[clusterVariable];
  if (cluster === undefined) await initialise(place);
  // With its owner and its modes, which PostgreSQL looks at.
  else await run("cp", ["-a", join(cluster, "data"), data]);

  const port = await freePort();
  const settings = { port, listen_addresses: "127.0.0.1", unix_socket_directories: folder, fsync: "off", ...more };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const server = spawn(join(binaries, "postgres"), ["-D", data, ...flags], options);
  const killServer = (): void => void server.kill("SIGQUIT");
  process.once("exit", killServer);
  const exited = once(server, "exit");
  const address = (database: string): string => `postgres://codegen:${password}@127.0.0.1:${port}/${database}`;
  const query = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: address("postgres") });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await answering(() => query("select 1"), server);

  return {
    url: address("postgres"),
    async database(name) {
      await query(`create database "${name}"`);
      return address(name);
    },
    dropConnections: () =>
      query(
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

interface Place {
  readonly folder: string;
  readonly data: string;
  readonly binaries: string;
  /** How PostgreSQL's programs are started. */
  readonly options: SpawnOptions;
}

async function openPlace(): Promise<Place> {
  const [binaries, owner] = [binariesFolder(), await unprivileged()];
  const folder = await mkdtemp(join(tmpdir(), "codegen-pg-"));
  if (owner !== undefined) await chown(folder, owner.uid, owner.gid);
  return { folder, data: join(folder, "data"), binaries, options: { cwd: folder, stdio: "ignore", ...owner } };
}

async function initialise({ folder, data, binaries, options }: Place): Promise<void> {
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, password, { mode: 0o644 });
  const init = ["-D", data, "-U", "codegen", "-A", "scram-sha-256", `--pwfile=${passwordFile}`, "-E", "UTF8"];
  await run(join(binaries, "initdb"), [...init, "--locale=C", "--no-sync"], options);
}

async function run(file: string, args: readonly string[], options: SpawnOptions = {}): Promise<void> {
  const [code] = await once(spawn(file, args, options), "exit");
  if (code !== 0) throw new Error(`${basename(file)} ended with ${String(code)}`);
}

function binariesFolder(): string {
  const folder = postgresFolder();
  if (folder === undefined) throw new Error("no PostgreSQL server found: apt-get install postgresql");
  return folder;
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
