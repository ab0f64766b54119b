import { rm } from "node:fs/promises";
import { clusterVariable } from "../doubles/postgres.ts";

export default async function globalTeardown() {
  for (const folder of [process.env.CODEGEN_TEST_TEMPLATE, process.env[clusterVariable]])
    if (folder) await rm(folder, { recursive: true, force: true });
  await globalThis.__sharedServers?.close();
}
