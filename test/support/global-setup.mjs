// Once for all test files that start real servers: an initialised embedded store, which each of them copies.
import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export default async function globalSetup() {
  const folder = await mkdtemp(join(tmpdir(), "codegen-template-"));
  const script = fileURLToPath(new URL("make-template.ts", import.meta.url));
  await promisify(execFile)(process.execPath, [script, folder], { timeout: 120_000 });
  // Workers inherit it; test/doubles/embedded-template.ts reads it.
  process.env.CODEGEN_TEST_TEMPLATE = folder;
}
