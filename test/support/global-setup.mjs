// Once for all test files that start real servers: an initialised embedded store, which each of them copies, and a PostgreSQL with a
// database that is copied for each bot.
import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startSharedPostgres } from "../doubles/shared-postgres.ts";

export default async function globalSetup() {
  const folder = await mkdtemp(join(tmpdir(), "codegen-template-"));
  const postgres = await startSharedPostgres();
  globalThis.__sharedPostgres = postgres;
  const script = fileURLToPath(new URL("make-template.ts", import.meta.url));
  await promisify(execFile)(process.execPath, [script, folder, postgres.template], { timeout: 120_000 });
  // Workers inherit them; test/doubles/embedded-template.ts and shared-postgres.ts read them.
  process.env.CODEGEN_TEST_TEMPLATE = folder;
  process.env.CODEGEN_TEST_POSTGRES = postgres.url;
}
