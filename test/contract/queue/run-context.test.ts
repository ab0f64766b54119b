import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { withRun, type RunContext, type RunDeps, type RunSpec, type StoryEnd } from "../../../pipelines/run-context.ts";
import type { JobContext } from "../../../pipelines/worker.ts";
import { Cancelled, LeaseLost, RateLimited, TransientError, UserError } from "../../../src/errors.ts";
import { silentLog } from "../../../src/log.ts";
import type { Run, Store } from "../../../src/store/port.ts";
import { until } from "../until.ts";
import { repo } from "./jobs-for-tests.ts";
import { openPlace, type Place } from "./places.ts";

const settings = { leaseMs: 600, renewMs: 100, cancelPollMs: 30, threadRetryMs: 50 };
type Story = (context: RunContext) => Promise<StoryEnd>;

describe.each(["pglite", "postgres"] as const)("a run on %s", (placeName) => {
  let place: Place;
  let store: Store;
  let number = 0;
  let jobs = 0;
  beforeAll(async () => {
    place = await openPlace(placeName);
    store = place.opened.store;
  }, 30_000);
  afterAll(async () => {
    await place?.close();
  });
  // Every test has its own thread.
  beforeEach(() => void number++);

  const job = (given: Partial<JobContext> = {}): JobContext => ({
    jobId: `${placeName}-${jobs++}`,
    attempt: 1,
    lastAttempt: false,
    signal: new AbortController().signal,
    log: silentLog,
    ...given,
  });
  const told: string[] = [];
  const spec = (given: Partial<RunSpec> = {}): RunSpec => ({
    kind: "plan",
    repo,
    number,
    head: null,
    actor: "ada",
    onFailure: async (error) => void told.push(String(error)),
    ...given,
  });
  const deps = (given: JobContext = job()): RunDeps => ({ store, job: given, settings });
  const only = async (): Promise<Run> => {
    const runs = await store.runs.of(repo, number);
    expect(runs).toHaveLength(1);
    return runs[0] as Run;
  };
  const thrown = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );
  const untilAborted: Story = async ({ signal }) => {
    await setTimeout(60_000, undefined, { signal });
    return { state: "succeeded" };
  };

  test("ends as its story ends, with its events in order and its lease given back", async () => {
    await withRun(spec(), deps(), async ({ waiting }) => {
      await waiting("the setup of the workspace");
      return { state: "succeeded", reason: "The plan is posted." };
    });
    const run = await only();
    expect(run).toMatchObject({ state: "succeeded", reason: "The plan is posted.", actor: "ada" });
    const names = (await store.events.of(run.id)).map((event) => event.name);
    expect(names).toEqual(["run.queued", "run.running", "run.waiting", "run.succeeded"]);
    expect(await store.leases.acquire(`thread:${repo.id}:${number}`, "somebody", 1)).not.toBeNull();
  });

  test("that has ended is not run again", async () => {
    const context = job();
    let calls = 0;
    const story: Story = async () => ({ state: calls++ === 0 ? "succeeded" : "failed" });
    await withRun(spec(), deps(context), story);
    await withRun(spec(), deps(context), story);
    expect(calls).toBe(1);
    expect((await only()).state).toBe("succeeded");
  });

  test("does a finished step once, and gives its stored result to the next attempt", async () => {
    const context = job();
    const seen: unknown[] = [];
    let worked = 0;
    const story =
      (fails: boolean): Story =>
      async ({ step }) => {
        seen.push(await step("read", async () => ({ at: new Date(0), worked: ++worked })));
        seen.push(await step("nothing", async () => undefined));
        if (fails) throw new TransientError("the model is away");
        return { state: "succeeded" };
      };
    expect(await thrown(withRun(spec(), deps(context), story(true)))).toBeInstanceOf(TransientError);
    expect((await only()).state).toBe("running");
    await withRun(spec(), deps({ ...context, attempt: 2 }), story(false));
    const result = { at: "1970-01-01T00:00:00.000Z", worked: 1 };
    expect(seen).toEqual([result, undefined, result, undefined]);
  });

  test("does a failed step again", async () => {
    const context = job();
    let worked = 0;
    const story: Story = async ({ step }) => {
      await step("write", async () => {
        if (++worked === 1) throw new TransientError("reset \0 by peer");
      });
      return { state: "succeeded" };
    };
    await thrown(withRun(spec(), deps(context), story));
    const { id } = await only();
    expect(await store.steps.list(id)).toMatchObject([
      { name: "write", state: "failed", error: "reset \uFFFD by peer" },
    ]);
    await withRun(spec(), deps(context), story);
    expect(await store.steps.list(id)).toMatchObject([{ name: "write", state: "finished", error: null }]);
    expect(worked).toBe(2);
  });

  test("a failure that may pass is told on the last attempt only, and once", async () => {
    const context = job();
    told.length = 0;
    const story: Story = async () => {
      throw new TransientError("GitHub answered 502");
    };
    await thrown(withRun(spec(), deps(context), story));
    expect(told).toEqual([]);
    await thrown(withRun(spec(), deps({ ...context, lastAttempt: true }), story));
    await withRun(spec(), deps({ ...context, lastAttempt: true }), story);
    expect(told).toEqual(["TransientError: GitHub answered 502"]);
    expect(await only()).toMatchObject({ state: "failed", reason: "GitHub answered 502" });
  });

  test("a mistake of the person is told at once, while the lease is still ours", async () => {
    const fences: string[] = [];
    const onFailure: RunSpec["onFailure"] = async (error, { fence }) => {
      await fence();
      fences.push(String(error));
    };
    const error = await thrown(
      withRun(spec({ onFailure }), deps(), async () => {
        throw new UserError("The issue is closed.");
      }),
    );
    expect(error).toBeInstanceOf(UserError);
    expect(fences).toEqual(["UserError: The issue is closed."]);
    expect(await only()).toMatchObject({ state: "failed", reason: "The issue is closed." });
  });

  test("that is told to wait waits visibly and goes on later", async () => {
    const context = job();
    const error = await thrown(
      withRun(spec(), deps(context), async () => {
        throw new RateLimited("GitHub asks us to wait.", 1_000);
      }),
    );
    expect(error).toBeInstanceOf(RateLimited);
    expect(await only()).toMatchObject({ state: "waiting", reason: "GitHub asks us to wait." });
    await withRun(spec(), deps(context), async () => ({ state: "succeeded" }));
    expect(await only()).toMatchObject({ state: "succeeded", reason: null });
  });

  test("a cancelled run stops, and may still put right what the person sees", async () => {
    const cleaned: string[] = [];
    const onCancelled: RunSpec["onCancelled"] = async (error, { fence }) => {
      await fence();
      cleaned.push(error.reason);
    };
    const running = thrown(withRun(spec({ onCancelled }), deps(), untilAborted));
    await until("it runs", async () =>
      (await store.runs.of(repo, number))[0]?.state === "running" ? true : undefined,
    );
    await store.runs.requestCancel(repo, number, "grace");
    expect(await running).toMatchObject({ name: "Cancelled", reason: "cancelled" });
    expect(cleaned).toEqual(["cancelled"]);
    expect(await only()).toMatchObject({ state: "cancelled", reason: "Cancelled by @grace." });
  });

  test("a run that is cancelled before it begins never begins", async () => {
    const context = job();
    await store.runs.open({ kind: "plan", repo, number, head: null, actor: "ada", jobId: context.jobId });
    await store.runs.requestCancel(repo, number, "grace");
    let began = false;
    const error = await thrown(
      withRun(spec(), deps(context), async () => {
        began = true;
        return { state: "succeeded" };
      }),
    );
    expect(error).toBeInstanceOf(Cancelled);
    expect(began).toBe(false);
    expect((await only()).state).toBe("cancelled");
  });

  test("a second run of the thread waits until the first has ended, but a command that needs no turn gets through", async () => {
    const free = Promise.withResolvers<void>();
    const began = Promise.withResolvers<void>();
    const first = withRun(spec(), deps(), async () => {
      began.resolve();
      await free.promise;
      return { state: "succeeded" };
    });
    await began.promise;
    const context = job();
    const second = (): Promise<void> => withRun(spec(), deps(context), async () => ({ state: "succeeded" }));
    expect(await thrown(second())).toMatchObject({ name: "RateLimited", retryAfterMs: 50 });
    await withRun(spec({ kind: "control" }), deps(), async () => ({ state: "succeeded" }));
    free.resolve();
    await first;
    await second();
    expect((await store.runs.of(repo, number)).map((run) => run.state)).toEqual([
      "succeeded",
      "succeeded",
      "succeeded",
    ]);
  });

  test("a newer run takes the place of the older, and never the other way round", async () => {
    const older = job();
    const running = thrown(withRun(spec({ supersedes: true }), deps(older), untilAborted));
    await until("it runs", async () =>
      (await store.runs.of(repo, number))[0]?.state === "running" ? true : undefined,
    );
    const newer = job();
    const take = (context: JobContext, story: Story): Promise<unknown> =>
      thrown(withRun(spec({ supersedes: true }), deps(context), story));
    expect(await take(newer, untilAborted)).toBeInstanceOf(RateLimited);
    expect(await running).toMatchObject({ name: "Cancelled", reason: "superseded" });
    expect(await take(newer, async () => ({ state: "succeeded" }))).toBeUndefined();
    const late = await store.runs.open({
      kind: "plan",
      repo,
      number,
      head: null,
      actor: "ada",
      jobId: "x" + older.jobId,
    });
    await withRun(spec({ supersedes: true }), deps(), async () => ({ state: "succeeded" }));
    expect(await take(job({ jobId: late.jobId }), untilAborted)).toBeUndefined();
    const states = (await store.runs.of(repo, number)).map((run) => run.state);
    expect(states).toEqual(["succeeded", "superseded", "succeeded", "superseded"]);
  });

  test("whose end was not told, because the worker died, is told by the next one, once", async () => {
    const context = job();
    const { id } = await store.runs.open({
      kind: "plan",
      repo,
      number,
      head: null,
      actor: "ada",
      jobId: context.jobId,
    });
    await store.runs.move(id, "failed", "The model is away.");
    told.length = 0;
    await withRun(spec(), deps(context), untilAborted);
    await withRun(spec(), deps(context), untilAborted);
    expect(told).toEqual(["UserError: The model is away."]);
  });

  test("says its last words when a newer run ends it while it comes back from a wait", async () => {
    const cleaned: string[] = [];
    const older = {
      ...spec({ supersedes: true }),
      onCancelled: async ({ reason }: Cancelled) => void cleaned.push(reason),
    };
    const context = job();
    const waits: Story = async () => {
      throw new RateLimited("GitHub asks us to wait.", 1);
    };
    await thrown(withRun(older, deps(context), waits));
    const open: typeof store.runs.open = async (run) => {
      const opened = await store.runs.open(run);
      await withRun(spec({ supersedes: true }), deps(), async () => ({ state: "succeeded" }));
      return opened;
    };
    const overtaken = { ...deps(context), store: { ...store, runs: { ...store.runs, open } } };
    expect(await thrown(withRun(older, overtaken, waits))).toMatchObject({ name: "Cancelled", reason: "superseded" });
    expect(cleaned).toEqual(["superseded"]);
  });

  test("a store that is away uses up no attempt", async () => {
    const away = { ...store.runs, open: () => Promise.reject(new TransientError("the store is away")) };
    const running = withRun(spec(), { ...deps(), store: { ...store, runs: away } }, untilAborted);
    expect(await thrown(running)).toMatchObject({ name: "RateLimited", message: "the store is away" });
  });

  test("a newer run ends the older ones that wait for a person", async () => {
    await withRun(spec({ supersedes: true }), deps(), async () => ({ state: "waiting", reason: "approval" }));
    await withRun(spec({ supersedes: true }), deps(), async () => ({ state: "waiting", reason: "approval" }));
    const states = (await store.runs.of(repo, number)).map((run) => run.state);
    expect(states).toEqual(["waiting", "superseded"]);
  });

  test("whose lease has gone to somebody else writes nothing more", async () => {
    let fence: unknown;
    const error = await thrown(
      withRun(spec(), { ...deps(), settings: { ...settings, leaseMs: 40, renewMs: 60_000 } }, async (context) => {
        const key = `thread:${repo.id}:${number}`;
        await until(
          "the lease has run out",
          async () => (await store.leases.acquire(key, "other", 60_000)) ?? undefined,
        );
        fence = await thrown(context.fence());
        return { state: "succeeded" };
      }),
    );
    expect(fence).toBeInstanceOf(LeaseLost);
    expect(error).toBeInstanceOf(LeaseLost);
    expect((await only()).state).toBe("running");
  });

  test("keeps its lease for longer than the lease lasts by itself", async () => {
    await withRun(spec(), deps(), async ({ fence }) => {
      await setTimeout(settings.leaseMs * 2);
      await fence();
      return { state: "succeeded" };
    });
    expect((await only()).state).toBe("succeeded");
  });

  test("stays open on shutdown, without a word to the person, and gives its lease back", async () => {
    told.length = 0;
    const controller = new AbortController();
    const context = job({ signal: controller.signal, lastAttempt: true });
    const running = thrown(withRun(spec(), deps(context), untilAborted));
    await until("it runs", async () =>
      (await store.runs.of(repo, number))[0]?.state === "running" ? true : undefined,
    );
    controller.abort("shutdown");
    expect(await running).toMatchObject({ name: "ShuttingDown" });
    expect(told).toEqual([]);
    expect((await only()).state).toBe("running");
    expect(await store.runs.orphans(0)).toContainEqual(expect.objectContaining({ number }));
    await withRun(spec(), deps(job({ jobId: context.jobId })), async () => ({ state: "succeeded" }));
    expect((await only()).state).toBe("succeeded");
  });
});
