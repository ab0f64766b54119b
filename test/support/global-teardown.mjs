import { rm } from "node:fs/promises";

export default async function globalTeardown() {
  const folder = process.env.CODEGEN_TEST_TEMPLATE;
  if (folder) await rm(folder, { recursive: true, force: true });
  await globalThis.__sharedServers?.close();
}
