import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../clock.ts";
import { messageOf, StartError } from "../errors.ts";
import type { Log } from "../log.ts";
import { migrationsFolder } from "./database.ts";
import { loadEmbedded } from "./drizzle.ts";
import { lockFolder } from "./folder-lock.ts";
import type { OpenedDatabase } from "./open-store.ts";

/** PostgreSQL inside this process, in `<dataDir>/store`, for this process alone. */
export async function openEmbedded(dataDir: string, clock: Clock, log: Log): Promise<OpenedDatabase> {
  const folder = join(dataDir, "store");
  let release: () => void;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    release = lockFolder(join(dataDir, "store.lock"), folder, clock);
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`The folder ${dataDir} cannot be used: ${messageOf(error)}. Check CODEGEN_DATA_DIR.`);
  }
  try {
    if (!existsSync(join(folder, "PG_VERSION")))
      log.info({ folder }, "making the embedded store, once: this takes a few seconds");
    const started = performance.now();
    const { PGlite, drizzle, migrate } = loadEmbedded();
    const client = await PGlite.create(folder);
    try {
      const db = drizzle({ client });
      await migrate(db, { migrationsFolder });
      log.info({ folder, ms: Math.round(performance.now() - started) }, "embedded store is open");
      return {
        db,
        embedded: client,
        ping: () => client.query("select 1"),
        async close() {
          await client.close();
          release();
        },
      };
    } catch (error) {
      await client.close();
      throw error;
    }
  } catch (error) {
    release();
    throw new StartError(
      `The embedded store in ${folder} cannot be opened: ${messageOf(error).slice(0, 300)}. If its files are damaged, restore a copy or move the folder away.`,
    );
  }
}
