import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { QueueSource } from "../../../pipelines/queue.ts";
import { systemClock } from "../../../src/clock.ts";
import { silentLog } from "../../../src/log.ts";
import { openStore, type OpenedStore } from "../../../src/store/open-store.ts";
import { dropTemplate, seedStore } from "../../doubles/embedded-template.ts";
import { startPostgres } from "../../doubles/postgres.ts";
import { startRedis } from "../../doubles/redis.ts";

/** One of the three places that a queue and its store can live in, open and ready. */
export interface Place {
  readonly opened: OpenedStore;
  /** Where the queue is; give it a name of your own, so that tests do not meet. */
  source(name: string): QueueSource;
  close(): Promise<void>;
}

export const placeNames = ["pglite", "postgres", "redis"] as const;
export type PlaceName = (typeof placeNames)[number];

export async function openPlace(name: PlaceName): Promise<Place> {
  const dataDir = await mkdtemp(join(tmpdir(), "codegen-place-"));
  const server = name === "postgres" ? await startPostgres() : undefined;
  const redis = name === "redis" ? await startRedis() : undefined;
  const where = server === undefined ? {} : { databaseUrl: server.url };
  if (server === undefined) await seedStore(dataDir);
  const opened = await openStore({ ...where, dataDir, clock: systemClock, log: silentLog });
  const queue = redis === undefined ? where : { queueUrl: redis.url };
  const embedded = opened.embedded === undefined ? {} : { embedded: opened.embedded };
  return {
    opened,
    source: (queueName) => ({ ...queue, ...embedded, name: queueName, log: silentLog }),
    async close() {
      await opened.close();
      await server?.close();
      await redis?.close();
      await dropTemplate();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
