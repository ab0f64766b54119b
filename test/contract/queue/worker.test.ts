import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openQueue, type JobQueue } from "../../../pipelines/queue.ts";
import { startWorker, type DeadJob, type JobContext } from "../../../pipelines/worker.ts";
import type { Processors, RunningWorker, WorkerSettings } from "../../../pipelines/worker.ts";
import { Cancelled, LeaseLost, RateLimited, TransientError, UserError } from "../../../src/errors.ts";
import { until } from "../until.ts";
import { planJob, processors } from "./jobs-for-tests.ts";
import { openPlace, placeNames, type Place } from "./places.ts";

type Plan = Processors["plan"];

describe.each(placeNames)("a worker on %s", (placeName) => {
  let place: Place;
  let queue: JobQueue;
  let workers: RunningWorker[] = [];
  let names = 0;
  beforeAll(async () => {
    place = await openPlace(placeName);
  }, 30_000);
  afterAll(async () => {
    await place?.close();
  });

  /** A queue of its own with a worker on it; both end with the test. */
  async function withWorker(
    plan: Plan,
    work: (startAnother: (other: Plan) => Promise<RunningWorker>, first: RunningWorker) => Promise<void>,
    settings: Partial<WorkerSettings> = {},
    dead: DeadJob[] = [],
  ): Promise<void> {
    const source = place.source(`worker-${names++}`);
    queue = await openQueue(source);
    const start = async (processor: Plan): Promise<RunningWorker> => {
      const onDead = async (job: DeadJob): Promise<void> => void dead.push(job);
      const worker = await startWorker({ ...source, processors: processors({ plan: processor }), settings, onDead });
      workers.push(worker);
      return worker;
    };
    try {
      await work(start, await start(plan));
    } finally {
      await Promise.all(workers.map((worker) => worker.stop()));
      workers = [];
      await queue.close();
    }
  }

  const ended = (id: string, ms?: number) =>
    until(
      `${id} has ended`,
      async () => {
        const job = await queue.job(id);
        return job?.state === "completed" || job?.state === "failed" ? job : undefined;
      },
      ms,
    );

  test("gives the processor the data, the attempt and a signal", async () => {
    let seen: unknown;
    const plan: Plan = async (data, { jobId, attempt, lastAttempt, signal }) => {
      seen = { data, jobId, attempt, lastAttempt, aborted: signal.aborted };
    };
    await withWorker(plan, async () => {
      await queue.enqueue("plan", planJob("g-1"));
      await ended("wh_g-1_0");
      expect(seen).toEqual({
        data: planJob("g-1"),
        jobId: "wh_g-1_0",
        attempt: 1,
        lastAttempt: false,
        aborted: false,
      });
    });
  });

  test("comes back to a rate-limited job without using up an attempt", async () => {
    const starts: { attempt: number; lastAttempt: boolean }[] = [];
    const plan: Plan = async (_data, { attempt, lastAttempt }) => {
      starts.push({ attempt, lastAttempt });
      if (attempt < 6) throw new RateLimited("slow down", 20);
    };
    await withWorker(plan, async () => {
      await queue.enqueue("plan", planJob("limited"));
      expect(await ended("wh_limited_0")).toMatchObject({ state: "completed", starts: 6, stalls: 0 });
      expect(starts.map((start) => start.attempt)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(starts.some((start) => start.lastAttempt)).toBe(false);
    });
  });

  test.each([
    ["a UserError", new UserError("there is no such issue")],
    ["a cancellation", new Cancelled("cancelled", "cancelled by @ada")],
  ])("does not retry %s", async (_what, error) => {
    const plan: Plan = async () => {
      throw error;
    };
    await withWorker(plan, async () => {
      await queue.enqueue("plan", planJob("once"));
      expect(await ended("wh_once_0")).toMatchObject({ state: "completed", starts: 1 });
    });
  });

  test("retries what may pass by the policy, and says which attempt is the last", async () => {
    const last: boolean[] = [];
    const plan: Plan = async (_data, { lastAttempt }) => {
      last.push(lastAttempt);
      throw new TransientError("the model is \0 away");
    };
    await withWorker(plan, async () => {
      await queue.enqueue("plan", planJob("flaky"));
      // The policy's first wait is 5 s: that it waits is what can be seen at once.
      const job = await until("it waits for its second attempt", async () => {
        const look = await queue.job("wh_flaky_0");
        return look?.state === "delayed" ? look : undefined;
      });
      expect(job).toMatchObject({ attempts: 1, failedReason: "the model is \uFFFD away" });
      expect(last).toEqual([false]);
    });
  });

  test("puts a job back whose lease somebody else has", async () => {
    const plan: Plan = async (_data, { attempt }) => {
      if (attempt === 1) throw new LeaseLost("gone");
    };
    await withWorker(plan, async () => {
      await queue.enqueue("plan", planJob("lease"));
      expect(await ended("wh_lease_0")).toMatchObject({
        state: "completed",
        starts: 2,
      });
    });
  });

  test("puts back a job that is newer than it knows, without running it", async () => {
    let calls = 0;
    await withWorker(
      async () => void calls++,
      async () => {
        await queue.enqueue("plan", { ...planJob("newer"), v: 2 as unknown as 1 });
        await until("it was offered several times", async () =>
          ((await queue.job("wh_newer_0"))?.starts ?? 0) >= 3 ? true : undefined,
        );
        expect(calls).toBe(0);
      },
      { putBackMs: 20 },
    );
  });

  test("a job that is only ever put back ends as dead and is told", async () => {
    const dead: DeadJob[] = [];
    const plan: Plan = async () => {
      throw new RateLimited("another run of this thread is at work", 20);
    };
    await withWorker(
      plan,
      async () => {
        await queue.enqueue("plan", planJob("never"));
        expect(await ended("wh_never_0")).toMatchObject({ state: "failed" });
        await until("it is told", () => (dead.length > 0 ? true : undefined));
        expect(dead).toMatchObject([{ jobId: "wh_never_0", name: "plan", data: { issue: 7 } }]);
        expect(dead[0]?.reason).toMatch(/waited .* in vain: another run of this thread/);
      },
      { maxWaitMs: 100 },
      dead,
    );
  });

  test("a job whose last attempt failed is told as well", async () => {
    const source = place.source("last");
    const dead: DeadJob[] = [];
    const own = await openQueue(source);
    const reconcile = async (): Promise<void> => {
      throw new TransientError("GitHub answered 502");
    };
    const onDead = async (job: DeadJob): Promise<void> => void dead.push(job);
    const worker = await startWorker({ ...source, processors: processors({ reconcile }), onDead });
    await own.enqueue("reconcile", { v: 1 });
    await until("it is told", () => (dead.length > 0 ? true : undefined));
    await worker.stop();
    await own.close();
    expect(dead).toMatchObject([{ name: "reconcile", reason: "GitHub answered 502" }]);
  });

  test("a job whose workers always die ends as dead and is told, and others are not hurt", async () => {
    const dead: DeadJob[] = [];
    const seen: string[] = [];
    // A processor that never ends, on a worker whose lock is not renewed in time, is what a dead worker looks like.
    const plan: Plan = async (data) => {
      seen.push(data.delivery);
      if (data.delivery === "poison") await never.promise;
    };
    const never = Promise.withResolvers<void>();
    await withWorker(
      plan,
      async () => {
        await queue.enqueue("plan", planJob("poison"));
        await queue.enqueue("plan", planJob("good"));
        await ended("wh_good_0");
        await until("it is told", () => (dead.length > 0 ? true : undefined), 20_000);
        expect(dead).toMatchObject([{ jobId: "wh_poison_0", reason: "job stalled more than allowable limit" }]);
        expect(await queue.job("wh_poison_0")).toMatchObject({ state: "failed" });
        never.resolve();
      },
      { lockMs: 200, stalledCheckMs: 100, maxStalls: 1, renewLocks: false, handBackMs: 100 },
      dead,
    );
  }, 30_000);

  test("hands its jobs to another worker at once when it is stopped, and no stall is counted", async () => {
    const untilAborted: Plan = async (_data, { signal }) => {
      await setTimeout(60_000, undefined, { signal });
    };
    await withWorker(untilAborted, async (startAnother, first) => {
      await queue.enqueue("plan", planJob("handed"));
      await until("the first has it", () => (first.active() === 1 ? true : undefined));
      const taken: JobContext[] = [];
      await startAnother(async (_data, context) => void taken.push(context));
      const started = performance.now();
      await first.stop();
      const job = await ended("wh_handed_0");
      expect(performance.now() - started).toBeLessThan(15_000);
      expect(taken).toHaveLength(1);
      expect(taken[0]?.attempt).toBeGreaterThan(1);
      expect(job).toMatchObject({ state: "completed", stalls: 0 });
    });
  });

  test("stops even when a processor does not listen", async () => {
    const free = Promise.withResolvers<void>();
    await withWorker(
      () => free.promise,
      async (_startAnother, first) => {
        await queue.enqueue("plan", planJob("deaf"));
        await until("it has it", () => (first.active() === 1 ? true : undefined));
        await expect(first.stop()).resolves.toBeUndefined();
        free.resolve();
      },
      { handBackMs: 300 },
    );
  });
});
