import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openQueue, type JobQueue } from "../../../pipelines/queue.ts";
import { startWorker } from "../../../pipelines/worker.ts";
import { StartError, TransientError } from "../../../src/errors.ts";
import { silentLog } from "../../../src/log.ts";
import { freePort } from "../../doubles/free-port.ts";
import { startRedis } from "../../doubles/redis.ts";
import { until } from "../until.ts";
import { planJob, processors } from "./jobs-for-tests.ts";
import { openPlace, placeNames, type Place } from "./places.ts";

describe.each(placeNames)("the queue on %s", (placeName) => {
  let place: Place;
  let queue: JobQueue;
  beforeAll(async () => {
    place = await openPlace(placeName);
    queue = await openQueue(place.source("queue"));
  }, 30_000);
  afterAll(async () => {
    await queue?.close();
    await place?.close();
  });

  test("a thousand adds of one delivery give one job", async () => {
    const own = await openQueue(place.source("thousand"));
    await Promise.all(Array.from({ length: 1_000 }, () => own.enqueue("plan", planJob("d-1"))));
    expect(await own.counts()).toMatchObject({ waiting: 1, active: 0, completed: 0 });
    await own.close();
  }, 20_000);

  test("a delivery that comes again after its job has ended makes no new job", async () => {
    const source = place.source("again");
    const own = await openQueue(source);
    let calls = 0;
    const worker = await startWorker({ ...source, processors: processors({ plan: async () => void calls++ }) });
    await own.enqueue("plan", planJob("d-2"));
    await until("the job has ended", async () =>
      (await own.job("wh_d-2_0"))?.state === "completed" ? true : undefined,
    );
    await own.enqueue("plan", planJob("d-2"));
    await own.enqueue("plan", planJob("d-2-other"));
    await until("the other job has ended", () => (calls >= 2 ? true : undefined));
    await worker.stop();
    expect(calls).toBe(2);
    await own.close();
  });

  test("several jobs of one delivery differ by their index", async () => {
    const own = await openQueue(place.source("index"));
    await own.enqueue("plan", planJob("d-3"), { index: 0 });
    await own.enqueue("plan", planJob("d-3"), { index: 1 });
    expect(await own.counts()).toMatchObject({ waiting: 2 });
    expect(await own.job("wh_d-3_1")).toMatchObject({ name: "plan", state: "waiting", starts: 0 });
    await own.close();
  });

  test("of many jobs with one dedupe text only the first waits", async () => {
    const own = await openQueue(place.source("dedupe"));
    for (const delivery of ["a", "b", "c"]) await own.enqueue("plan", planJob(delivery), { dedupe: "octo/shop#7" });
    expect(await own.counts()).toMatchObject({ waiting: 1 });
    await own.close();
  });

  test("a job that comes while its twin runs is run after it", async () => {
    const source = place.source("after");
    const own = await openQueue(source);
    const seen: string[] = [];
    const plan = async (data: { delivery: string }): Promise<void> => {
      seen.push(data.delivery);
      if (data.delivery === "first")
        for (const delivery of ["second", "third"]) await own.enqueue("plan", planJob(delivery), { dedupe: "twin" });
    };
    const worker = await startWorker({ ...source, processors: processors({ plan }) });
    await own.enqueue("plan", planJob("first"), { dedupe: "twin" });
    await until("the newest has run", () => (seen.includes("third") ? true : undefined));
    await worker.stop();
    await own.close();
    expect(seen).toEqual(["first", "third"]);
  });

  test("data over 16 KB are refused with both numbers", async () => {
    const job = { ...planJob("big"), repo: { installation: 1, id: 1, owner: "o", name: "n".repeat(20_000) } };
    await expect(queue.enqueue("plan", job)).rejects.toThrow(/plan job are 20\d+ bytes; at most 16384/);
  });

  test("a schedule runs its job again and again, and setting it twice makes one", async () => {
    const source = place.source("schedule");
    const own = await openQueue(source);
    let calls = 0;
    const worker = await startWorker({ ...source, processors: processors({ reconcile: async () => void calls++ }) });
    await own.schedule("reconcile", { v: 1 }, 60_000);
    // On PostgreSQL a new interval that is set while the job runs may begin only after the old one.
    await until("the job has run", async () => ((await own.counts()).completed === 1 ? true : undefined));
    await own.schedule("reconcile", { v: 1 }, 200);
    await until("the job has run three times", () => (calls >= 3 ? true : undefined));
    await worker.stop();
    expect(await own.counts()).toMatchObject({ delayed: 1 });
    await own.close();
  });

  test("a job that waits for its time is taken up at once when somebody hurries it", async () => {
    const source = place.source("hurry");
    const own = await openQueue(source);
    let calls = 0;
    const worker = await startWorker({ ...source, processors: processors({ plan: async () => void calls++ }) });
    await own.enqueue("plan", planJob("late"), { delayMs: 3_600_000 });
    expect(await own.job("wh_late_0")).toMatchObject({ state: "delayed" });
    await own.hurry("wh_late_0");
    await until("the job has ended", async () =>
      (await own.job("wh_late_0"))?.state === "completed" ? true : undefined,
    );
    expect(calls).toBe(1);
    await own.hurry("wh_late_0");
    await own.hurry("wh_unknown_0");
    expect(await own.job("wh_late_0")).toMatchObject({ state: "completed", starts: 1 });
    await worker.stop();
    await own.close();
  });

  test("an unknown job is null, the numbers are Prometheus text, and a ping passes", async () => {
    expect(await queue.job("wh_nobody_0")).toBeNull();
    expect(await queue.metrics()).toContain('bullmq_job_count{queue="queue", state="waiting"}');
    await queue.ping();
    expect(queue.kind).toBe(placeName);
  });
});

describe("a Redis that is not as it should be", () => {
  test("an enqueue fails in time when the queue answers nothing, and works again afterwards", async () => {
    const redis = await startRedis();
    const queue = await openQueue({ queueUrl: redis.url, log: silentLog });
    await queue.enqueue("plan", planJob("before"));
    redis.freeze();
    const started = performance.now();
    await expect(queue.enqueue("plan", planJob("frozen"))).rejects.toThrow(TransientError);
    await expect(queue.ping()).rejects.toThrow(TransientError);
    expect(performance.now() - started).toBeLessThan(12_000);
    redis.thaw();
    await until("it takes jobs again", async () =>
      queue.enqueue("plan", planJob("after")).then(
        () => true,
        () => undefined,
      ),
    );
    await queue.close();
    await redis.close();
  }, 15_000);

  test("an enqueue fails in time when the queue is gone", async () => {
    const redis = await startRedis();
    const queue = await openQueue({ queueUrl: redis.url, log: silentLog });
    await redis.close();
    const started = performance.now();
    await expect(queue.enqueue("plan", planJob("gone"))).rejects.toThrow(TransientError);
    expect(performance.now() - started).toBeLessThan(12_000);
    await queue.close();
  });

  test("nobody at the address is a start error that names the address, without the password", async () => {
    const port = await freePort();
    const opening = openQueue({ queueUrl: `redis://user:hush@127.0.0.1:${port}`, log: silentLog });
    const error = await opening.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StartError);
    expect(String(error)).toContain(`127.0.0.1:${port}`);
    expect(String(error)).not.toContain("hush");
  }, 10_000);

  test("an eviction policy is refused with the setting and the fix", async () => {
    const redis = await startRedis(["--maxmemory-policy", "allkeys-lru"]);
    await expect(openQueue({ queueUrl: redis.url, log: silentLog })).rejects.toThrow(
      /maxmemory-policy allkeys-lru.*CONFIG SET maxmemory-policy noeviction/,
    );
    await redis.close();
  });

  test("a missing append-only file and a forbidden CONFIG are warnings", async () => {
    const warnings: string[] = [];
    const log = Object.assign(Object.create(silentLog) as typeof silentLog, {
      warn: (_fields: object, message: string) => void warnings.push(message),
    });
    const plain = await startRedis(["--appendonly", "no"]);
    const closed = await startRedis(["--rename-command", "CONFIG", ""]);
    for (const { url } of [plain, closed]) await (await openQueue({ queueUrl: url, log })).close();
    expect(warnings).toEqual([
      expect.stringContaining("appendonly off"),
      expect.stringContaining("does not show this setting"),
      expect.stringContaining("does not show this setting"),
    ]);
    await plain.close();
    await closed.close();
  });

  test("an address of another kind, and no place at all, are start errors", async () => {
    await expect(openQueue({ queueUrl: "amqp://rabbit", log: silentLog })).rejects.toThrow(/must start with redis:/);
    await expect(openQueue({ log: silentLog })).rejects.toThrow(/set QUEUE_URL/);
  });
});
