import { cpSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openQueue } from "../../pipelines/queue.ts";
import { systemClock } from "../../src/clock.ts";
import { silentLog, type Log } from "../../src/log.ts";
import { openStore } from "../../src/store/open-store.ts";

/** Names the template that jest's global set-up has made for all workers. */
export const templateVariable = "CODEGEN_TEST_TEMPLATE";

let own: Promise<string> | undefined;

/** Puts a fresh embedded store, its queue's tables included, into a data folder by copying one that was made once: initialising takes seconds. */
export async function seedStore(dataDir: string): Promise<void> {
  const template = await findTemplate();
  // At once, not a file after the other: there are a thousand.
  cpSync(join(template, "store"), join(dataDir, "store"), { recursive: true });
}

/** What was seen when the embedded store of the template was made. */
export interface Making {
  /** The messages of its log. */
  readonly said: readonly string[];
  /** What the data folder held when it was closed. */
  readonly left: readonly string[];
}

/** How a store comes to be, for the test of that: making another one takes seconds. */
export async function howTemplateWasMade(): Promise<Making> {
  return JSON.parse(await readFile(join(await findTemplate(), "making.json"), "utf8")) as Making;
}

async function findTemplate(): Promise<string> {
  return process.env[templateVariable] ?? (await (own ??= makeOwn()));
}

/**
 * Makes the tables of store and queue.
 * @param dataDir gets the folder `store`, unless there is a database for them
 */
export async function makeTemplate(dataDir: string, databaseUrl?: string): Promise<void> {
  const place = databaseUrl === undefined ? {} : { databaseUrl };
  const said: string[] = [];
  const log = Object.assign(Object.create(silentLog) as Log, {
    info: (_fields: object, message: string) => void said.push(message),
  });
  const opened = await openStore({ ...place, dataDir, clock: systemClock, log });
  const embedded = opened.embedded === undefined ? {} : { embedded: opened.embedded };
  const queue = await openQueue({ ...place, ...embedded, log: silentLog });
  await queue.close();
  await opened.close();
  if (databaseUrl !== undefined) return;
  const making: Making = { said, left: await readdir(dataDir) };
  await writeFile(join(dataDir, "making.json"), JSON.stringify(making));
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
