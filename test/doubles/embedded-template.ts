import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/clock.ts";
import { silentLog } from "../../src/log.ts";
import { openStore } from "../../src/store/open-store.ts";

let template: Promise<string> | undefined;

/** Puts a fresh embedded store into a data folder by copying one that was made once in this process: initialising takes seconds. */
export async function seedStore(dataDir: string): Promise<void> {
  template ??= makeTemplate();
  await cp(join(await template, "store"), join(dataDir, "store"), { recursive: true });
}

async function makeTemplate(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), "codegen-template-"));
  const opened = await openStore({ dataDir, clock: systemClock, log: silentLog });
  await opened.close();
  return dataDir;
}

/** Removes the template; called once by those who used it. */
export async function dropTemplate(): Promise<void> {
  const made = template;
  template = undefined;
  if (made) await rm(await made, { recursive: true, force: true });
}
