import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { Redis } from "ioredis";
import { reconcile } from "../../pipelines/reconcile/index.ts";
import { quickStory } from "../doubles/quick-tests.ts";
import { dropTemplate } from "../doubles/embedded-template.ts";
import type { Script } from "../doubles/model/scripted-model.ts";
import type { Person } from "../doubles/person.ts";
import { startRedis, type RedisServer } from "../doubles/redis.ts";
import { start, type Story } from "../doubles/start.ts";
import { keepAlive } from "./keeper.ts";
import { openScene, openServers, until, type Scene } from "./scene.ts";
import { commentsOf } from "./story.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
}, 30_000);
afterAll(dropTemplate);

interface CheckRun {
  name: string;
  status: string;
  conclusion: string | null;
  output: { title: string | null; summary: string | null };
}

async function pushBranch(ada: Person, at: string): Promise<{ number: number; head: { sha: string } }> {
  const main = await ada.api<{ object: { sha: string } }>("GET", `${at}/git/ref/heads/main`);
  await ada.api("POST", `${at}/git/refs`, { ref: "refs/heads/change", sha: main.object.sha });
  const file = { message: "Take notes", content: Buffer.from("notes\n").toString("base64"), branch: "change" };
  await ada.api("PUT", `${at}/contents/NOTES.md`, file);
  return ada.api("POST", `${at}/pulls`, { title: "Take notes", head: "change", base: "main" });
}

/** With one core the second command waits for the first, so that what a fault hits is the same each time. */
async function giveOneCore(ada: Person, at: string): Promise<void> {
  const path = `${at}/contents/.codegen.yml`;
  const { sha, content } = await ada.api<{ sha: string; content: string }>("GET", path);
  const file = `${Buffer.from(content, "base64").toString()}environment: { limits: { cpus: 1 } }\n`;
  await ada.api("PUT", path, { message: "Give it one core", content: Buffer.from(file).toString("base64"), sha });
}

async function checksOf(ada: Person, at: string, sha: string): Promise<CheckRun[]> {
  return (await ada.api<{ check_runs: CheckRun[] }>("GET", `${at}/commits/${sha}/check-runs?filter=all`)).check_runs;
}

describe("a queue that lost its jobs", () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis?.close());

  async function forget(): Promise<void> {
    const client = new Redis(redis.url);
    await client.flushall();
    await client.quit();
  }

  /** As it looks five minutes later. */
  async function reconcileLater({ deps }: Story): Promise<void> {
    const runs = { ...deps.store.runs, orphans: () => deps.store.runs.orphans(0) };
    await reconcile({ ...deps, store: { ...deps.store, runs } }, deps.log);
  }

  test("a check that was left in progress is closed, and says what to do", async () => {
    const story = await start({
      queueUrl: redis.url,
      files: { ".codegen.yml": "validation: { commands: [{ name: slow, run: sleep 60 }] }\n" },
    });
    closers.push(() => story.finish());
    const pull = await pushBranch(story.ada, story.at);
    const open = async (): Promise<true | undefined> =>
      (await checksOf(story.ada, story.at, pull.head.sha)).some(({ status }) => status === "in_progress") || undefined;
    await until("the check is in progress", open, 20_000);
    await story.stopWorker();
    await forget();
    await reconcileLater(story);
    await story.startWorker();
    await story.drain();
    const [check, ...more] = await checksOf(story.ada, story.at, pull.head.sha);
    expect(more).toEqual([]);
    expect(check).toMatchObject({ name: "codegen / slow", status: "completed", conclusion: "cancelled" });
    expect(check?.output.summary).toContain("to start over");
    expect(await story.deps.store.runs.orphans(0)).toEqual([]);
  }, 60_000);

  test("a run that only waited is ended as well, and a run whose job is still there is left alone", async () => {
    const story = await start({ queueUrl: redis.url });
    closers.push(() => story.finish());
    await giveOneCore(story.ada, story.at);
    story.github.failNext("PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}", "secondary429", 1, 3_600);
    const pull = await pushBranch(story.ada, story.at);
    const waiting = async () => (await story.deps.store.runs.orphans(0)).find(({ state }) => state === "waiting");
    await until("the run waits", waiting, 20_000);
    await reconcileLater(story);
    expect(await waiting()).toMatchObject({ kind: "validate" });
    await story.stopWorker();
    await forget();
    await reconcileLater(story);
    const checks = await checksOf(story.ada, story.at, pull.head.sha);
    expect(checks.map(({ conclusion }) => conclusion)).toEqual(["cancelled", "cancelled"]);
    expect(await story.deps.store.runs.orphans(0)).toEqual([]);
  }, 60_000);
});

test("a lost delivery is asked for again ten times at most, and not right after it failed", async () => {
  const story = await start();
  closers.push(() => story.finish());
  const issue = await story.openIssue();
  await story.drain();
  await story.edge.close();
  await story.comment(issue, "/codegen help");
  await story.github.settled();
  const attempts = (): number =>
    story.github.github.state.deliveries.filter(({ event }) => event === "issue_comment").length;
  await reconcile(story.deps, story.deps.log);
  await story.github.settled();
  expect(attempts()).toBe(1);
  for (let round = 0; round < 12; round++) {
    await reconcile({ ...story.deps, clock: { now: () => new Date(Date.now() + 60_000) } }, story.deps.log);
    await story.github.settled();
  }
  expect(attempts()).toBe(10);
  await story.openEdge();
}, 60_000);

describe("a process of the bot", () => {
  async function scene(script?: Script): Promise<Scene> {
    const servers = await openServers();
    closers.push(() => servers.close());
    const opened = await openScene({ ...servers, ...(script === undefined ? {} : { script }) });
    closers.push(() => opened.close());
    return opened;
  }

  test("that a validation kills every time: the run is ended, its check closed, and others go on", async () => {
    const stage = await scene();
    const { ada, at, issue } = stage;
    const orders = {
      at: [],
      always: "validate/run test done",
      signal: "SIGKILL",
      leaseMs: 1_000,
      maxStalls: 2,
    } as const;
    const keeper = keepAlive(stage, orders);
    await giveOneCore(ada, at);
    const pull = await pushBranch(ada, at);
    await ada.api("POST", `${at}/issues/${issue}/comments`, { body: "/codegen help" });
    const closed = async (): Promise<CheckRun[] | undefined> => {
      const checks = await checksOf(ada, at, pull.head.sha);
      return checks.length > 0 && checks.every(({ status }) => status === "completed") ? checks : undefined;
    };
    const checks = await Promise.race([until("all checks are closed", closed, 60_000), keeper.broken]);
    const answered = async () => (await commentsOf(stage, issue))[1];
    const answer = await Promise.race([until("the question is answered", answered, 60_000), keeper.broken]);
    await keeper.stop();
    expect(checks.map(({ name, conclusion }) => `${name}: ${conclusion}`).toSorted()).toEqual([
      "codegen / syntax: action_required",
      "codegen / test: action_required",
    ]);
    expect(checks[0]?.output.summary).toContain("given up");
    expect(answer.body).toContain("What you can ask for");
    expect(stage.diary().filter(({ what }) => what === "killed")).toHaveLength(3);
    expect(stage.diary()).toContainEqual({ what: "ended", kind: "validate", state: "failed" });
  }, 120_000);

  test("that planning kills every time: the person is told in the plan's place", async () => {
    const stage = await scene();
    const { ada, at, issue } = stage;
    const orders = { at: [], always: "plan/think done", signal: "SIGKILL", leaseMs: 1_000, maxStalls: 1 } as const;
    const keeper = keepAlive(stage, orders);
    await ada.api("POST", `${at}/issues/${issue}/comments`, { body: "/codegen plan" });
    const told = async () => (await commentsOf(stage, issue)).find(({ body }) => body.includes("given up"));
    const comment = await Promise.race([until("the person is told", told, 60_000), keeper.broken]);
    await keeper.stop();
    expect(comment.body).toContain("codegen:message:plan");
    expect(await commentsOf(stage, issue)).toHaveLength(2);
  }, 120_000);

  test("hands its run back at SIGTERM, long before its lease ends, and the next one finishes it", async () => {
    let asked = 0;
    const stage = await scene((conversation) => ((asked += 1) === 1 ? { fault: "hang" } : quickStory(conversation)));
    const { ada, at, issue } = stage;
    const orders = { at: [], signal: "SIGKILL", leaseMs: 15_000 } as const;
    const first = stage.bot(orders);
    await first.go();
    await ada.api("POST", `${at}/issues/${issue}/comments`, { body: "/codegen plan" });
    await until("the model is asked", () => asked > 0 || undefined, 20_000);
    const second = stage.bot(orders);
    const sent = performance.now();
    first.kill("SIGTERM");
    const { code, signal } = await first.ended;
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    expect(performance.now() - sent).toBeLessThan(orders.leaseMs);
    await second.go();
    const ended = () => stage.diary().find(({ what }) => what === "ended");
    expect(await until("the plan is made", ended, 20_000)).toMatchObject({ kind: "plan", state: "succeeded" });
    expect(await commentsOf(stage, issue)).toHaveLength(2);
    second.kill("SIGTERM");
    expect((await second.ended).code).toBe(0);
  }, 60_000);
});
