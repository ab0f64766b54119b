import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { openQueue } from "../../../pipelines/queue.ts";
import { systemClock } from "../../../src/clock.ts";
import { silentLog } from "../../../src/log.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { bundled, shortLivedWithStore } from "../../doubles/bundled.ts";
import { dropTemplate, seedStore } from "../../doubles/embedded-template.ts";
import { startPostgres, type PostgresServer } from "../../doubles/postgres.ts";
import { startRedis, type RedisServer } from "../../doubles/redis.ts";
import { until } from "../until.ts";
import { repo } from "./jobs-for-tests.ts";
import { placeNames } from "./places.ts";

interface Child {
  readonly process: ChildProcess;
  readonly words: string[];
  readonly exited: Promise<unknown>;
}

let script: string;
beforeAll(async () => {
  script = await bundled("crashChild");
}, 60_000);

describe.each(placeNames)("worker processes on %s", (placeName) => {
  let postgres: PostgresServer | undefined;
  let redis: RedisServer | undefined;
  let dataDir: string;
  let where: { databaseUrl?: string; queueUrl?: string };
  let children: Child[];
  let databases = 0;

  beforeAll(async () => {
    if (placeName !== "pglite") postgres = await startPostgres();
  }, 30_000);
  afterAll(async () => {
    await postgres?.close();
    await dropTemplate();
  });
  beforeEach(async () => {
    children = [];
    dataDir = await mkdtemp(join(tmpdir(), "codegen-crash-"));
    redis = placeName === "redis" ? await startRedis() : undefined;
    if (placeName === "pglite") await seedStore(dataDir);
    where = {
      ...(postgres === undefined ? {} : { databaseUrl: await postgres.database(`crash${databases++}`) }),
      ...(redis === undefined ? {} : { queueUrl: redis.url }),
    };
  });
  afterEach(async () => {
    for (const child of children) {
      child.process.kill("SIGKILL");
      await child.exited;
    }
    await redis?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  function start(second: boolean): Child {
    const child = fork(script, [JSON.stringify({ ...where, dataDir, second })], { execArgv: shortLivedWithStore });
    const words: string[] = [];
    child.on("message", (word) => void words.push(word as string));
    const started = { process: child, words, exited: once(child, "exit") };
    children.push(started);
    return started;
  }

  const says = (child: Child, word: string, ms = 15_000) =>
    until(`the child says ${word}`, () => (child.words.includes(word) ? true : undefined), ms);

  /** What the store and the queue hold when everybody is gone. */
  async function whatIsLeft(): Promise<{ states: string[]; steps: string[]; job: unknown }> {
    const opened = await openStore({ ...where, dataDir, clock: systemClock, log: silentLog });
    const embedded = opened.embedded === undefined ? {} : { embedded: opened.embedded };
    const queue = await openQueue({ ...where, ...embedded, name: "crash", log: silentLog });
    const runs = await opened.store.runs.of(repo, 7);
    const [run] = runs;
    const steps = run === undefined ? [] : await opened.store.steps.list(run.id);
    const job = await queue.job("wh_crash_0");
    await queue.close();
    await opened.close();
    return { states: runs.map((each) => each.state), steps: steps.map((step) => `${step.name} ${step.state}`), job };
  }

  async function end(child: Child): Promise<void> {
    child.process.kill("SIGTERM");
    await child.exited;
  }

  test("a job whose worker was killed runs again, and what was finished is not done again", async () => {
    const first = start(false);
    await says(first, "second:1");
    // The embedded store takes one process at a time; elsewhere the second worker is there already.
    let second = placeName === "pglite" ? undefined : start(true);
    if (second !== undefined) await says(second, "ready");
    const killed = performance.now();
    first.process.kill("SIGKILL");
    await first.exited;
    second ??= start(true);
    await says(second, "done");
    // The lock of 1.5 s, two looks of 0.5 s and the lease of 1.5 s; the start of a process and the machine take the rest.
    expect(performance.now() - killed).toBeLessThan(10_000);
    await says(second, "ended");
    await end(second);
    expect(second.words).not.toContain("first");
    expect(await whatIsLeft()).toMatchObject({
      states: ["succeeded"],
      steps: ["first finished", "second finished"],
      job: { state: "completed", stalls: 1 },
    });
  }, 40_000);

  test("SIGTERM hands the job back at once, no stall is counted, and the run goes on elsewhere", async () => {
    const first = start(false);
    await says(first, "second:1");
    const started = performance.now();
    await end(first);
    // The step would go on for a minute, and whoever sends the signal waits ten seconds.
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(first.process.exitCode).toBe(0);
    expect(await whatIsLeft()).toMatchObject({
      states: ["running"],
      job: { state: "delayed", stalls: 0, attempts: 0 },
    });
    const second = start(true);
    await says(second, "ended");
    await end(second);
    expect(second.words).not.toContain("first");
    expect(await whatIsLeft()).toMatchObject({ states: ["succeeded"], job: { state: "completed", stalls: 0 } });
  }, 40_000);
});
