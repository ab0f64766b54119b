import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { generateDrizzleJson, generateMigration } from "drizzle-kit/api";
import pg from "pg";
import { systemClock } from "../../../src/clock.ts";
import { StartError, TransientError } from "../../../src/errors.ts";
import { silentLog, type Log } from "../../../src/log.ts";
import { migrationsFolder } from "../../../src/store/database.ts";
import { openStore, type OpenedStore } from "../../../src/store/open-store.ts";
import * as schema from "../../../src/store/schema.ts";
import { shortLivedWithStore } from "../../doubles/bundled.ts";
import { dropTemplate, howTemplateWasMade, seedStore } from "../../doubles/embedded-template.ts";
import { freePort } from "../../doubles/free-port.ts";
import { startPostgres, type PostgresServer } from "../../doubles/postgres.ts";

const holder = fileURLToPath(new URL("./lock-holder.ts", import.meta.url));

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "codegen-store-"));
});
afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true });
});
afterAll(dropTemplate);
const open = (databaseUrl?: string, log: Log = silentLog): Promise<OpenedStore> =>
  openStore({ ...(databaseUrl === undefined ? {} : { databaseUrl }), dataDir, clock: systemClock, log });

describe("the embedded store", () => {
  test("says that it is made for the first time, and leaves no lock behind", async () => {
    expect(await howTemplateWasMade()).toEqual({
      said: [expect.stringContaining("making the embedded store"), "embedded store is open"],
      left: ["store"],
    });
  }, 60_000);

  test("says nothing of that later, keeps what it holds, and leaves no lock behind", async () => {
    await seedStore(dataDir);
    const lines: string[] = [];
    const log = Object.assign(Object.create(silentLog) as typeof silentLog, {
      info: (_fields: object, message: string) => void lines.push(message),
    });
    for (const guid of ["one", "two"]) {
      const { store, close } = await open(undefined, log);
      await store.deliveries.record({ guid, event: "ping", action: null, installation: null, outcome: "accepted" });
      expect(await store.deliveries.get("one")).toMatchObject({ outcome: "accepted" });
      await close();
      await close();
    }
    expect(lines).toEqual(["embedded store is open", "embedded store is open"]);
    expect(await readdir(dataDir)).toEqual(["store"]);
  }, 60_000);

  test("refuses a second process with the pid of the first, and outlives its SIGKILL", async () => {
    await seedStore(dataDir);
    const first = fork(holder, [dataDir], { execArgv: shortLivedWithStore });
    const exited = once(first, "exit");
    await once(first, "message");
    const error = await open().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StartError);
    expect(String(error)).toContain(`in use by process ${first.pid}`);
    expect(String(error)).toContain("CODEGEN_DATA_DIR");

    first.kill("SIGKILL");
    await exited;
    const { store, close } = await open();
    expect(await store.deliveries.get("held")).toMatchObject({ outcome: "accepted" });
    await close();
  }, 30_000);

  test("takes over the lock of a process whose pid now belongs to somebody else, and a lock that is no lock", async () => {
    await seedStore(dataDir);
    const left = { pid: process.pid, started: "1", host: hostname(), since: "", id: "old" };
    for (const text of [JSON.stringify(left), "", "{"]) {
      await writeFile(join(dataDir, "store.lock"), text);
      await (await open()).close();
      expect(await readdir(dataDir)).toEqual(["store"]);
    }
  }, 30_000);

  test("respects the fresh lock of another host", async () => {
    const other = { pid: 1, started: "1", host: "another-host", since: "2026-01-01", id: "other" };
    await writeFile(join(dataDir, "store.lock"), JSON.stringify(other));
    await expect(open()).rejects.toThrow(/in use by process 1 on another-host/);
  });

  test("says which folder cannot be used", async () => {
    await writeFile(join(dataDir, "file"), "");
    const opening = openStore({ dataDir: join(dataDir, "file"), clock: systemClock, log: silentLog });
    await expect(opening).rejects.toThrow(/file cannot be used.*CODEGEN_DATA_DIR/);
  });
});

describe("a PostgreSQL store", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, 30_000);
  afterAll(async () => {
    await server?.close();
  });

  test("brings its tables up to date once, however many processes start together", async () => {
    const url = await server.database("together");
    const opened = await Promise.all(Array.from({ length: 4 }, () => open(url)));
    await Promise.all(opened.map(({ store }) => store.ping()));
    await Promise.all(opened.map(({ close }) => close()));
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query("select count(*)::int as applied from drizzle.__drizzle_migrations");
    await client.end();
    const migrations = (await readdir("src/store/migrations")).filter((name) => name.endsWith(".sql"));
    expect(rows).toEqual([{ applied: migrations.length }]);
  }, 20_000);

  test.each([
    ["a wrong password", (url: string) => url.replace("loopback-only", "wrong"), "user or password is wrong"],
    ["a missing database", (url: string) => url.replace(/[^/]+$/, "nowhere"), "the database does not exist"],
    [
      "a port without listener",
      async (url: string) => url.replace(/:\d+\//, `:${await freePort()}/`),
      "nothing listens",
    ],
  ])("%s is a start error that says so, without the password", async (_what, change, sentence) => {
    const error = await open(await change(server.url)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StartError);
    expect(String(error)).toContain(sentence);
    expect(String(error)).toContain("DATABASE_URL");
    expect(String(error)).not.toMatch(/loopback-only|wrong@/);
  });

  test("goes on after its connections were dropped, and says briefly what failed while it is away", async () => {
    const own = await startPostgres();
    const { store, close } = await open(own.url);
    await own.dropConnections();
    await store.ping().catch(() => undefined);
    await store.ping();
    await own.close();
    const error = await store.audit
      .append({ actor: "ada", action: "x", subject: "s", detail: "secret".repeat(1_000) })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TransientError);
    expect(String(error)).toMatch(/^TransientError: the store failed in audit\.append: .{1,200}$/);
    await close();
  }, 20_000);
});

test("the migrations make what the schema says", async () => {
  const snapshots = (await readdir(join(migrationsFolder, "meta"))).filter((name) => name.endsWith("_snapshot.json"));
  const newest = await readFile(join(migrationsFolder, "meta", snapshots.toSorted().at(-1) ?? ""), "utf8");
  const migrated = JSON.parse(newest) as Parameters<typeof generateMigration>[0];
  expect(await generateMigration(migrated, generateDrizzleJson(schema, migrated.id))).toEqual([]);
});
