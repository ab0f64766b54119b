import { cpSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openQueue } from "../../pipelines/queue.ts";
import { systemClock } from "../../src/clock.ts";
import { silentLog } from "../../src/log.ts";
import { openStore } from "../../src/store/open-store.ts";

/** Names the template that jest's global set-up has made for all workers. */
export const templateVariable = "CODEGEN_TEST_TEMPLATE";

let own: Promise<string> | undefined;

/** Puts a fresh embedded store, its queue's tables included, into a data folder by copying one that was made once: initialising takes seconds. */
export async function seedStore(dataDir: string): Promise<void> {
  const template = process.env[templateVariable] ?? (await (own ??= makeOwn()));
  // At once, not a file after the other: there are a thousand.
  cpSync(join(template, "store"), join(dataDir, "store"), { recursive: true });
}

/**
 * Makes the tables of store and queue.
 * @param dataDir gets the folder `store`, unless there is a database for them
 */
export async function makeTemplate(dataDir: string, databaseUrl?: string): Promise<void> {
  const place = databaseUrl === undefined ? {} : { databaseUrl };
  const opened = await openStore({ ...place, dataDir, clock: systemClock, log: silentLog });
  const embedded = opened.embedded === undefined ? {} : { embedded: opened.embedded };
  const queue = await openQueue({ ...place, ...embedded, log: silentLog });
  await queue.close();
  await opened.close();
}

async function makeOwn(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), "codegen-template-"));
  await makeTemplate(dataDir);
  return dataDir;
}

/** Removes the template of this process, if it had to make one; called once by those who used it. */
export async function dropTemplate(): Promise<void> {
  const made = own;
  own = undefined;
  if (made) await rm(await made, { recursive: true, force: true });
}
