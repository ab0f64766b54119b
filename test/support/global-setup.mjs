// Once for all test files that start real servers: an initialised embedded store, which each of them copies, a PostgreSQL with a
// database that is copied for each bot, and a Redis.
import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { clusterVariable, makeCluster } from "../doubles/postgres.ts";
import { serverVariables, startSharedServers } from "../doubles/shared-servers.ts";

export default async function globalSetup() {
  const folder = await mkdtemp(join(tmpdir(), "codegen-template-"));
  // Workers inherit what is set here; postgres.ts, embedded-template.ts and shared-servers.ts read it.
  process.env[clusterVariable] = await makeCluster();
  const servers = await startSharedServers();
  globalThis.__sharedServers = servers;
  const script = fileURLToPath(new URL("make-template.ts", import.meta.url));
  // The store's WebAssembly runs once here: to optimise it takes longer than it saves.
  const args = ["--liftoff-only", script, folder, servers.template];
  await promisify(execFile)(process.execPath, args, { timeout: 120_000 });
  process.env.CODEGEN_TEST_TEMPLATE = folder;
  process.env[serverVariables.postgres] = servers.postgres;
  process.env[serverVariables.redis] = servers.redis;
}
