import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { toSha } from "../../../src/domain/ids.ts";
import type { Lease, Run, Store } from "../../../src/store/port.ts";
import { openPlace, type Place } from "../queue/places.ts";
import { until } from "../until.ts";

const repo = { installation: 9_007_199_254_740, id: 8_000_000_000, owner: "octo", name: "shop" };
const sha = toSha("a".repeat(40));
const nasty = "NUL \0, half a pair \ud800, emoji 😀, quote ' and {braces}";
const cleaned = "NUL \uFFFD, half a pair \uFFFD, emoji 😀, quote ' and {braces}";

describe.each(["pglite", "postgres"] as const)("the store on %s", (placeName) => {
  let place: Place;
  let store: Store;
  let number = 0;
  beforeAll(async () => {
    place = await openPlace(placeName);
    store = place.opened.store;
  }, 30_000);
  afterAll(async () => {
    await place?.close();
  });
  beforeEach(() => void number++);

  const openRun = (jobId = `job-${number}`, given: Partial<Pick<Run, "kind" | "actor">> = {}): Promise<Run> =>
    store.runs.open({ kind: "plan", repo, number, head: sha, actor: "ada", jobId, ...given });

  describe("runs", () => {
    test("the same job gives the same run, however many open it at once", async () => {
      const runs = await Promise.all(Array.from({ length: 20 }, () => openRun()));
      expect(new Set(runs.map((run) => run.id)).size).toBe(1);
      expect(runs[0]).toMatchObject({
        kind: "plan",
        repo,
        number,
        head: sha,
        state: "queued",
        actor: "ada",
        reason: null,
      });
      expect(runs[0]?.createdAt).toBeInstanceOf(Date);
      expect((await store.events.of(runs[0]?.id ?? "")).map((event) => event.name)).toEqual(["run.queued"]);
    });

    test("a final state is never left, and every move is an event", async () => {
      const { id } = await openRun();
      expect(await store.runs.move(id, "running")).toBe(true);
      const ends = await Promise.all([store.runs.move(id, "failed", nasty), store.runs.move(id, "succeeded")]);
      expect(ends.toSorted()).toEqual([false, true]);
      expect(await store.runs.move(id, "running")).toBe(false);
      expect(await store.events.of(id)).toHaveLength(3);
    });

    test("a reason of any origin is kept as far as PostgreSQL can hold it", async () => {
      const { id } = await openRun();
      await store.runs.move(id, "failed", nasty);
      expect(await store.runs.get(id)).toMatchObject({ reason: cleaned });
      expect((await store.events.of(id)).at(-1)?.data).toEqual({ reason: nasty });
    });

    test("come newest first, and can be asked for by kind, life and number", async () => {
      const first = await openRun("a" + number);
      const second = await openRun("b" + number, { kind: "validate" });
      const third = await openRun("c" + number);
      await store.runs.move(first.id, "succeeded");
      const ids = async (options?: Parameters<Store["runs"]["of"]>[2]): Promise<string[]> =>
        (await store.runs.of(repo, number, options)).map((run) => run.id);
      expect(await ids()).toEqual([third.id, second.id, first.id]);
      expect(await ids({ alive: true })).toEqual([third.id, second.id]);
      expect(await ids({ kind: "plan" })).toEqual([third.id, first.id]);
      expect(await ids({ limit: 1 })).toEqual([third.id]);
      expect(await store.runs.get("no such run")).toBeNull();
    });

    test("a cancel marks the living ones only, keeps who asked first, and can leave out the newer", async () => {
      const ended = await openRun("a" + number);
      await store.runs.move(ended.id, "succeeded");
      const older = await openRun("b" + number);
      const newer = await openRun("c" + number);
      const marked = await store.runs.requestCancel(repo, number, "grace", { olderThan: newer.id });
      expect(marked.map((run) => run.id)).toEqual([older.id]);
      const all = await store.runs.requestCancel(repo, number, "linus", { kind: "plan" });
      expect(all.map((run) => run.cancelRequestedBy)).toEqual(["linus", "grace"]);
      expect(await store.runs.requestCancel(repo, number, "x", { kind: "merge" })).toEqual([]);
    });

    test("an orphan is one that has not ended and that nobody holds", async () => {
      const { id } = await openRun();
      const orphan = async (): Promise<boolean> => (await store.runs.orphans(0)).some((run) => run.id === id);
      for (const state of ["running", "waiting"] as const) {
        await store.runs.move(id, state);
        expect(await orphan()).toBe(true);
      }
      expect((await store.runs.orphans(60_000)).some((run) => run.id === id)).toBe(false);
      const token = await store.leases.acquire(`thread:${number}`, id, 60_000);
      expect(await orphan()).toBe(false);
      await store.leases.release(`thread:${number}`, token ?? "");
      expect(await orphan()).toBe(true);
      await store.runs.move(id, "failed");
      expect(await orphan()).toBe(false);
    });

    test("a run that ended without success owes its last words until they are noted", async () => {
      const { id, jobId } = await openRun();
      const owes = async (older = 0, within = 60_000): Promise<boolean> =>
        (await store.runs.endedWithout("run.told", older, within)).some((run) => run.id === id);
      expect(await owes()).toBe(false);
      await store.runs.move(id, "failed", "away");
      expect(await owes()).toBe(true);
      expect(await owes(60_000)).toBe(false);
      expect(await owes(0, 0)).toBe(false);
      await store.events.append({ runId: id, name: "run.told" });
      expect(await owes()).toBe(false);
      expect((await store.runs.byJob(jobId))?.id).toBe(id);
      expect(await store.runs.byJob("wh_nobody_0")).toBeNull();
    });

    test("are counted by kind and state, over all repositories", async () => {
      const count = async (kind: Run["kind"], state: Run["state"]): Promise<number> =>
        (await store.runs.countByState()).find((row) => row.kind === kind && row.state === state)?.count ?? 0;
      const before = { queued: await count("reply", "queued"), failed: await count("reply", "failed") };
      const { id } = await openRun("a" + number, { kind: "reply" });
      await openRun("b" + number, { kind: "reply" });
      await store.runs.move(id, "failed");
      expect(await count("reply", "queued")).toBe(before.queued + 1);
      expect(await count("reply", "failed")).toBe(before.failed + 1);
    });

    test("the head can be set later", async () => {
      const { id } = await openRun();
      await store.runs.setHead(id, toSha("b".repeat(40)));
      expect((await store.runs.get(id))?.head).toBe("b".repeat(40));
    });
  });

  describe("steps", () => {
    const lease = async (ttlMs = 60_000): Promise<Lease> => {
      const key = `key-${number}`;
      return { key, token: (await store.leases.acquire(key, "a run", ttlMs)) ?? "" };
    };

    test.each([
      ["an object", { text: nasty, list: [1, null] }],
      ["a text that looks like JSON", "123"],
      ["null", null],
      ["nothing", undefined],
    ])("a finished one gives back %s as it was", async (_what, result) => {
      const { id } = await openRun();
      expect(await store.steps.begin(id, "read")).toBeUndefined();
      expect(await store.steps.finished(id, "read")).toBeUndefined();
      expect(await store.steps.finish(id, "read", result, await lease())).toBe(true);
      expect(await store.steps.finished(id, "read")).toEqual({ result });
      expect(await store.steps.begin(id, "read")).toEqual({ result });
      await store.steps.fail(id, "read", "too late");
      expect(await store.steps.finished(id, "read")).toEqual({ result });
    });

    test("what is finished without the lease is not kept", async () => {
      const { id } = await openRun();
      const old = await lease(1);
      await until("it has run out", async () => !(await store.leases.holds(old.key, old.token)) || undefined);
      await store.steps.begin(id, "read");
      expect(await store.steps.finish(id, "read", "by nobody", old)).toBe(false);
      const fresh = await lease();
      expect(await store.steps.finish(id, "read", "by who had it", old)).toBe(false);
      expect(await store.steps.finished(id, "read")).toBeUndefined();
      expect(await store.steps.finish(id, "read", "by who has it", fresh)).toBe(true);
      expect(await store.steps.finished(id, "read")).toEqual({ result: "by who has it" });
    });

    test("are listed in the order of their first start", async () => {
      const { id } = await openRun();
      await store.steps.begin(id, "one");
      await store.steps.fail(id, "one", nasty);
      await store.steps.begin(id, "two");
      await store.steps.begin(id, "one");
      expect(await store.steps.list(id)).toMatchObject([
        { name: "one", state: "started", error: null, finishedAt: null },
        { name: "two", state: "started" },
      ]);
    });

    test("a result over 16 MB is refused by name", async () => {
      const { id } = await openRun();
      const finishing = store.steps.finish(id, "clone", "x".repeat(16 * 1024 * 1024), await lease());
      await expect(finishing).rejects.toThrow(/step clone is 16777218 bytes; at most 16777216/);
    });
  });

  describe("leases", () => {
    test("of many who want one, one gets it", async () => {
      const wants = Array.from({ length: 10 }, (_, each) =>
        store.leases.acquire(`key-${number}`, `run-${each}`, 60_000),
      );
      expect((await Promise.all(wants)).filter((token) => token !== null)).toHaveLength(1);
    });

    test("one that has run out can be taken, and its old holder can do nothing with it", async () => {
      const key = `key-${number}`;
      const old = (await store.leases.acquire(key, "a", 1)) ?? "";
      const fresh = await until(
        "it has run out",
        async () => (await store.leases.acquire(key, "b", 60_000)) ?? undefined,
      );
      expect(await store.leases.holds(key, old)).toBe(false);
      expect(await store.leases.renew(key, old, 60_000)).toBe(false);
      await store.leases.release(key, old);
      expect(await store.leases.holds(key, fresh)).toBe(true);
      expect(await store.leases.renew(key, fresh, 60_000)).toBe(true);
      await store.leases.release(key, fresh);
      expect(await store.leases.holds(key, fresh)).toBe(false);
    });

    test("one that has run out cannot be renewed, even when nobody took it", async () => {
      const key = `key-${number}`;
      const token = (await store.leases.acquire(key, "a", 1)) ?? "";
      await until("it has run out", async () => ((await store.leases.holds(key, token)) ? undefined : true));
      expect(await store.leases.renew(key, token, 60_000)).toBe(false);
    });
  });

  describe("plans", () => {
    test("a revision that comes back to an older plan makes it the latest, to be approved anew", async () => {
      const { id } = await openRun();
      const put = (hash: string) =>
        store.plans.put({ hash, repo, issue: number, base: sha, plan: { hash }, runId: id });
      await put("h1");
      await store.plans.approve("h1", repo, number, "ada");
      await put("h2");
      expect(await put("h1")).toMatchObject({ version: 3, approvedBy: null });
      expect((await store.plans.latest(repo, number))?.hash).toBe("h1");
    });

    test("versions count up, also when several are stored at once, and the latest one's hash again is the same plan", async () => {
      const { id } = await openRun();
      const put = (hash: string) =>
        store.plans.put({ hash, repo, issue: number, base: sha, plan: { hash }, runId: id });
      const stored = await Promise.all(["h1", "h2", "h3"].map(put));
      expect(new Set(stored.map((plan) => plan.version))).toEqual(new Set([1, 2, 3]));
      const latest = await store.plans.latest(repo, number);
      expect(await put(latest?.hash ?? "")).toEqual(latest);
      expect((await store.plans.latest(repo, number))?.version).toBe(3);
      expect(await store.plans.byHash(repo, number, "h2")).toMatchObject({
        repo,
        plan: { hash: "h2" },
        approvedBy: null,
      });
      expect(await store.plans.byHash(repo, number, "h9")).toBeNull();
    });

    test("the first approval wins", async () => {
      const { id } = await openRun();
      await store.plans.put({ hash: "h", repo, issue: number, base: sha, plan: [], runId: id });
      const who = await Promise.all(["ada", "grace"].map((by) => store.plans.approve("h", repo, number, by)));
      expect(new Set(who).size).toBe(1);
      expect((await store.plans.byHash(repo, number, "h"))?.approvedBy).toBe(who[0]);
      await expect(store.plans.approve("h9", repo, number, "ada")).rejects.toThrow(/no plan h9 of octo\/shop#/);
    });
  });

  test("a delivery that comes again keeps its row and its newest outcome", async () => {
    const delivery = { guid: `g-${number}`, event: "issues", action: "opened", installation: 1, outcome: "queue away" };
    await store.deliveries.record(delivery);
    await store.deliveries.record({ ...delivery, outcome: "accepted" });
    expect(await store.deliveries.get(delivery.guid)).toMatchObject({ event: "issues", outcome: "accepted" });
    expect(await store.deliveries.get("unknown")).toBeNull();
  });

  test("usage adds up as numbers, by run, by thread, by repository and by time", async () => {
    const { id } = await openRun();
    const nothing = { steps: 0, ms: 0, inputTokens: 0, outputTokens: 0, usd: 0 };
    expect(await store.usage.ofRun(id)).toEqual(nothing);
    const amounts = { steps: 2, ms: 1_500, inputTokens: 3_000_000_000, outputTokens: 5, usd: 0.25 };
    await store.usage.add({ runId: id, step: "plan", model: "m", ...amounts });
    await store.usage.add({ runId: id, step: "plan", model: "m", ...amounts });
    const twice = { steps: 4, ms: 3_000, inputTokens: 6_000_000_000, outputTokens: 10, usd: 0.5 };
    expect(await store.usage.ofRun(id)).toEqual(twice);
    expect(await store.usage.of(repo, { numbers: [number, 987_654] })).toEqual(twice);
    expect(await store.usage.of(repo, { numbers: [] })).toEqual(nothing);
    expect(await store.usage.of({ ...repo, id: 987_654 }, {})).toEqual(nothing);
    expect((await store.usage.of(repo, { withinMs: 60_000 })).steps).toBeGreaterThanOrEqual(4);
    expect(await store.usage.of(repo, { numbers: [number], withinMs: 0 })).toEqual(nothing);
  });

  test("a pull is remembered with what is new about it", async () => {
    const pull = { repo, number, issue: 7, requester: "ada", requesterId: 5, branch: "codegen/issue-7-x", head: null };
    expect(await store.pulls.get(repo, number)).toBeNull();
    await store.pulls.put(pull);
    await store.pulls.put({ ...pull, head: sha });
    expect(await store.pulls.get(repo, number)).toEqual({ ...pull, head: sha });
  });

  test("the audit comes newest first, by subject or whole", async () => {
    const subject = `octo/shop#${number}`;
    await store.audit.append({ actor: "ada", action: "approve", subject, detail: { hash: nasty } });
    await store.audit.append({ actor: "grace", action: "merge", subject });
    const entries = await store.audit.list({ subject, limit: 10 });
    expect(entries).toMatchObject([
      { actor: "grace", action: "merge", detail: null },
      { actor: "ada", action: "approve", detail: { hash: nasty } },
    ]);
    expect(await store.audit.list({ limit: 1 })).toHaveLength(1);
  });

  test("an installation's repositories follow GitHub", async () => {
    const installation = {
      id: 77,
      account: "octo",
      accountType: "User",
      permissions: { issues: "write" },
      suspended: false,
    };
    await store.installations.put(installation);
    await store.installations.put({ ...installation, suspended: true });
    expect(await store.installations.list()).toEqual([{ id: 77, account: "octo", suspended: true }]);
    const many = Array.from({ length: 6_000 }, (_, id) => ({ id, owner: "octo", name: `r${id}` }));
    await store.installations.setRepositories(77, many);
    expect(await store.installations.repositories(77)).toHaveLength(6_000);
    await store.installations.setRepositories(77, [{ id: 5, owner: "octo", name: "renamed" }]);
    expect(await store.installations.repositories(77)).toEqual([
      { installation: 77, id: 5, owner: "octo", name: "renamed" },
    ]);
    await store.installations.setRepositories(77, []);
    expect(await store.installations.repositories(77)).toEqual([]);
    await store.installations.setRepositories(77, [{ id: 5, owner: "octo", name: "shop" }]);
    await store.installations.remove(77);
    expect(await store.installations.repositories(77)).toEqual([]);
    await expect(store.installations.setRepositories(78, many)).rejects.toThrow(
      /failed in installations\.setRepositories/,
    );
  });

  describe("coverage", () => {
    const measured = (hit: number) => ({ lines: { found: 9, hit }, files: { "a b.ts": { found: 9, hit } } });

    test("of a commit is kept by repository, command and commit, and the newest measurement counts", async () => {
      await store.coverage.put(repo, "test", sha, measured(3));
      await store.coverage.put(repo, "test", sha, measured(4));
      expect(await store.coverage.get(repo, "test", sha)).toEqual(measured(4));
      expect(await store.coverage.get(repo, "lint", sha)).toBeNull();
      expect(await store.coverage.get({ ...repo, id: 5 }, "test", sha)).toBeNull();
      expect(await store.coverage.get(repo, "test", toSha("c".repeat(40)))).toBeNull();
    });

    test("is forgotten when it is old, and what is more than 100 of a repository", async () => {
      const other = { ...repo, id: 41 };
      const commits = Array.from({ length: 102 }, (_, n) => toSha(n.toString(16).padStart(40, "0")));
      for (const commit of commits) await store.coverage.put(other, "test", commit, measured(1));
      const [first = sha] = commits;
      expect(await store.coverage.get(other, "test", first)).toBeNull();
      expect(await store.coverage.get(other, "test", commits.at(-1) ?? sha)).toEqual(measured(1));
      expect(await store.coverage.expire(60_000)).toBe(0);
      expect(await store.coverage.expire(-1_000)).toBeGreaterThanOrEqual(100);
      expect(await store.coverage.get(other, "test", commits.at(-1) ?? sha)).toBeNull();
    });
  });

  describe("flaky tests", () => {
    const saw = async (tests: readonly string[], at = repo, command = "test") => {
      const run = await openRun(`flaky-${Math.random()}`, { kind: "validate" });
      const seen = { repo: at, command, tests, runId: run.id, pull: number };
      await store.flaky.record(seen);
      return { ...run, again: () => store.flaky.record(seen) };
    };
    const historyOf = (tests: readonly string[], except = "", at = repo, withinMs = 60_000) =>
      store.flaky.history(at, "test", tests, { withinMs, except });

    test("are counted once for each run, by command and name", async () => {
      const at = { ...repo, id: 42 };
      const first = await saw(["adds up", nasty, "adds up"], at);
      await first.again();
      const second = await saw(["adds up"], at);
      await saw(["adds up"], at, "lint");
      const found = await historyOf(["adds up", nasty, "unknown"], "", at);
      const times = Object.fromEntries(found.map((each) => [each.test, each.times]));
      expect(times).toEqual({ [cleaned]: 1, "adds up": 2 });
      const [own] = await historyOf(["adds up"], second.id, at);
      expect(own).toMatchObject({ times: 1, lastPull: number });
      expect(own?.firstAt).toEqual(own?.lastAt);
      expect(await historyOf(["adds up"], "", at, 0)).toEqual([]);
      expect(await historyOf([], "", at)).toEqual([]);
      expect(await historyOf(["adds up"])).toEqual([]);
    });

    test("have bounded names, of which a run counts 200 and a repository 2,000, and are forgotten when they are old", async () => {
      const at = { ...repo, id: 43 };
      const long = "long ".repeat(200);
      const first = await saw(["oldest", long], at);
      expect((await historyOf([long], "", at))[0]?.test).toHaveLength(500);
      for (let n = 0; n < 10; n++)
        await saw(
          Array.from({ length: 210 }, (_, each) => `${n} ${each}`),
          at,
        );
      expect(await historyOf(["oldest"], "", at)).toEqual([]);
      const last = await historyOf(["9 0", "9 199", "9 200"], first.id, at);
      expect(last.map(({ test: name }) => name).toSorted()).toEqual(["9 0", "9 199"]);
      expect(await store.flaky.expire(60_000)).toBe(0);
      expect(await store.flaky.expire(-1_000)).toBeGreaterThanOrEqual(2_000);
    });
  });

  test("answers a ping", async () => {
    await expect(store.ping()).resolves.toBeUndefined();
  });
});
