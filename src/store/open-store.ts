import type { PGlite } from "@electric-sql/pglite";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { auditStore } from "./audit.ts";
import { coverageStore } from "./coverage.ts";
import type { Database } from "./database.ts";
import { deliveryStore } from "./deliveries.ts";
import { eventStore } from "./events.ts";
import { flakyStore } from "./flaky.ts";
import { guarded } from "./guard.ts";
import { installationStore } from "./installations.ts";
import { leaseStore } from "./leases.ts";
import { linkKeyStore } from "./link-keys.ts";
import { logStore } from "./logs.ts";
import { openEmbedded } from "./open-embedded.ts";
import { openPostgres } from "./open-postgres.ts";
import { planStore } from "./plans.ts";
import type { Store } from "./port.ts";
import { pullStore } from "./pulls.ts";
import { runStore } from "./runs.ts";
import { stepStore } from "./steps.ts";
import { usageStore } from "./usage.ts";

export interface StoreOptions {
  /** `postgres://…`; absent: the embedded store. */
  databaseUrl?: string;
  /** The embedded store lives in its folder `store`. */
  dataDir: string;
  clock: Clock;
  log: Log;
  /** false: the tables are left as they are; another process brings them up to date. Only with `databaseUrl`. */
  migrate?: boolean;
}

export interface OpenedStore {
  readonly store: Store;
  /** The database itself when it is embedded; the queue lives on it too. */
  readonly embedded?: PGlite;
  /** Close workers and queues first: they use the same connection when it is embedded. */
  readonly close: () => Promise<void>;
}

export interface OpenedDatabase {
  readonly db: Database;
  readonly embedded?: PGlite;
  ping(): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Opens the store and brings its tables up to date.
 * @throws StartError when the database is unreachable, refuses us, or is used by another process
 */
export async function openStore({
  databaseUrl,
  dataDir,
  clock,
  log,
  migrate = true,
}: StoreOptions): Promise<OpenedStore> {
  const opened =
    databaseUrl === undefined || databaseUrl === ""
      ? await openEmbedded(dataDir, clock, log)
      : await openPostgres(databaseUrl, log, migrate);
  const { db, embedded } = opened;
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= opened.close());
  const { ping } = guarded("store", { ping: async (): Promise<void> => void (await opened.ping()) });
  const store: Store = {
    runs: guarded("runs", runStore(db)),
    steps: guarded("steps", stepStore(db)),
    events: guarded("events", eventStore(db)),
    leases: guarded("leases", leaseStore(db)),
    plans: guarded("plans", planStore(db)),
    pulls: guarded("pulls", pullStore(db)),
    deliveries: guarded("deliveries", deliveryStore(db)),
    usage: guarded("usage", usageStore(db)),
    audit: guarded("audit", auditStore(db)),
    installations: guarded("installations", installationStore(db)),
    logs: guarded("logs", logStore(db)),
    linkKeys: guarded("linkKeys", linkKeyStore(db)),
    coverage: guarded("coverage", coverageStore(db)),
    flaky: guarded("flaky", flakyStore(db)),
    ping,
    close,
  };
  return { store, ...(embedded === undefined ? {} : { embedded }), close };
}
