/**
 * A worker process that the tests kill: `node crash-child.ts '{"databaseUrl": …}'`. It runs plan jobs as runs of two steps;
 * in its first start it hangs in the second step. It tells its parent what it does: a word per message.
 */
import { setTimeout } from "node:timers/promises";
import { openQueue } from "../../../pipelines/queue.ts";
import { withRun } from "../../../pipelines/run-context.ts";
import { startWorker } from "../../../pipelines/worker.ts";
import { systemClock } from "../../../src/clock.ts";
import { silentLog } from "../../../src/log.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { planJob, processors, repo } from "./jobs-for-tests.ts";

interface Setup {
  databaseUrl?: string;
  queueUrl?: string;
  dataDir: string;
  /** Only work, add nothing. */
  second: boolean;
}

const tell = (word: string): boolean | undefined => process.send?.(word);
const { second, dataDir, ...where } = JSON.parse(process.argv[2] ?? "{}") as Setup;
const opened = await openStore({ ...where, dataDir, clock: systemClock, log: silentLog });
const embedded = opened.embedded === undefined ? {} : { embedded: opened.embedded };
const source = { ...where, ...embedded, name: "crash", log: silentLog };
const queue = await openQueue(source);
const worker = await startWorker({
  ...source,
  settings: { lockMs: 1_500, stalledCheckMs: 500 },
  processors: processors({
    plan: async (data, job) => {
      await withRun(
        { kind: "plan", repo, number: data.issue, head: null, actor: "ada", onFailure: async () => undefined },
        { store: opened.store, job, settings: { leaseMs: 1_500, renewMs: 300, cancelPollMs: 200, threadRetryMs: 200 } },
        async ({ step, signal }) => {
          await step("first", async () => tell("first"));
          await step("second", async () => {
            tell(`second:${job.attempt}`);
            if (!second) await setTimeout(60_000, undefined, { signal });
          });
          tell("done");
          return { state: "succeeded" };
        },
      );
      void whenLeft(job.jobId);
    },
  }),
});

/** Says so when the queue knows as well that the job is over. */
async function whenLeft(jobId: string): Promise<void> {
  while ((await queue.job(jobId))?.state === "active") await setTimeout(20);
  tell("ended");
}

process.on("SIGTERM", () => {
  void worker
    .stop()
    .then(() => queue.close())
    .then(() => opened.close())
    .then(() => process.exit(0));
});
if (!second) await queue.enqueue("plan", planJob("crash"));
tell("ready");
