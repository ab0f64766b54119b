import { startEdge, type Edge } from "../../../handlers/edge.ts";
import { openLog, type RunLog } from "../../../pipelines/log-writer.ts";
import { toSha } from "../../../src/domain/ids.ts";
import { linkLifeMs, runPath } from "../../../src/domain/run-link.ts";
import { silentLog } from "../../../src/log.ts";
import { createRedactor } from "../../../src/redact.ts";
import type { Run, Store } from "../../../src/store/port.ts";
import { openPlace } from "../queue/places.ts";

export const secret = "hunter2-hunter2";

/** The bot's edge over a real store, and runs that write into it as a worker does. */
export interface Scene {
  readonly store: Store;
  readonly edge: Edge;
  readonly url: string;
  begin(): Promise<Run>;
  /** Opens a log of the run; `limit` is what is kept of it. */
  log(run: Run, name: string, command?: string, limit?: number): Promise<RunLog>;
  /** The address of the run's page, or of a part of it, such as `/changes`. */
  link(run: Pick<Run, "id">, part?: string, expiresAt?: Date): Promise<string>;
  close(): Promise<void>;
}

export async function setScene(): Promise<Scene> {
  const place = await openPlace("pglite");
  const { store } = place.opened;
  const edge = await startEdge({
    role: "edge",
    host: "127.0.0.1",
    port: 0,
    appId: 1,
    secrets: [],
    enqueue: async () => {},
    queueMetrics: async () => "",
    deliveries: store.deliveries,
    store,
    githubWebUrl: "https://github.test",
    parts: {},
    log: silentLog,
  });
  const url = `http://127.0.0.1:${edge.port}`;
  const redactor = createRedactor([secret]);
  let job = 0;
  return {
    store,
    edge,
    url,
    async begin() {
      const repo = { installation: 1, id: 2, owner: "octo", name: "shop" };
      const head = toSha("0123456789".repeat(4));
      const run = await store.runs.open({
        kind: "validate",
        repo,
        number: 7,
        head,
        actor: "ada",
        jobId: `job-${job++}`,
      });
      await store.runs.move(run.id, "running");
      return run;
    },
    log: ({ id }, name, command = `npm run ${name}`, limit = 1024 ** 2) =>
      openLog({ store, redactor, log: silentLog }, { runId: id, name, command, limit }),
    async link({ id }, part = "", expiresAt = new Date(Date.now() + linkLifeMs)) {
      const [key] = await store.linkKeys.all();
      const path = new URL(runPath({ runId: id, expiresAt }, key), url);
      path.pathname += part;
      return path.href;
    },
    async close() {
      await edge.close();
      await place.close();
    },
  };
}
