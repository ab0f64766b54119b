import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { openQueue } from "../../pipelines/queue.ts";
import { systemClock } from "../../src/clock.ts";
import { silentLog } from "../../src/log.ts";
import { openStore } from "../../src/store/open-store.ts";
import { dropTemplate } from "../doubles/embedded-template.ts";
import type { Boundary } from "./boundaries.ts";
import { keepAlive } from "./keeper.ts";
import { openScene, openServers, type Scene, type SceneServers } from "./scene.ts";
import { expectOneOfEach, playStory } from "./story.ts";

/** Every step of the story, in its order. A new step belongs here: then it is one more place to be killed at. */
const steps = {
  plan: ["admit", "read", "announce", "think", "keep", "publish"],
  agent: ["admit", "read", "target", "announce", "work", "branch", "commit", "pull", "options", "publish"],
  validate: [
    "read",
    "open",
    "lift",
    "skip",
    "run test",
    "close test",
    "run syntax",
    "close syntax",
    "run analysis",
    "close analysis",
    "comments",
    "summary",
    "then",
  ],
  merge: ["read", "merge", "publish"],
};

/** Whenever a step is done and not yet kept, and when a run has ended and its job has not. */
const everyStop = Object.entries(steps)
  .flatMap(([run, names]): Boundary[] => [...names.map((name): Boundary => `${run}/${name} done`), `${run}/end kept`])
  .toSorted();

/** Starting the embedded bot anew costs seconds of both cores: here it is once for each kind of work. What the end of a run does shows below. */
const embeddedStops: Boundary[] = [
  "agent/commit kept",
  "merge/merge kept",
  "plan/think kept",
  "validate/run test kept",
];

const times = { signal: "SIGKILL", leaseMs: 1_000 } as const;
const storyMs = 280_000;

let scene: Scene | undefined;
afterEach(async () => {
  const ending = scene;
  scene = undefined;
  await ending?.close();
}, 30_000);
afterAll(dropTemplate);

describe("a bot that is killed when work of each kind is kept", () => {
  test("in one process with its store: finishes the story, and everything is there exactly once", async () => {
    scene = await openScene();
    const keeper = keepAlive(scene, { ...times, at: embeddedStops });
    await Promise.race([playStory(scene, storyMs), keeper.broken]);
    await Promise.race([scene.idle(30_000), keeper.broken]);
    await keeper.stop();
    expect(killed(scene)).toEqual(embeddedStops);
    await expectOneOfEach(scene);
    expect(await leftOver(scene)).toEqual({ alive: [], jobs: 0, audit: ["approved plan", "merged"] });
  }, 300_000);
});

describe("a worker on Redis and PostgreSQL that is killed whenever a step is done and not yet kept, and at the end of each run", () => {
  let servers: SceneServers;
  beforeAll(async () => {
    servers = await openServers();
  }, 30_000);
  afterAll(() => servers?.close());

  test("finishes the story behind an edge that lives, and everything is there exactly once", async () => {
    scene = await openScene(servers);
    const edge = scene.edge();
    const keeper = keepAlive(scene, { ...times, at: everyStop }, { CODEGEN_ROLE: "worker", PORT: "0" });
    await Promise.race([
      playStory(scene, storyMs),
      keeper.broken,
      edge.ended.then(({ output }) => Promise.reject(new Error(output))),
    ]);
    await Promise.race([scene.idle(30_000), keeper.broken]);
    await keeper.stop();
    expect(killed(scene)).toEqual(everyStop);
    await expectOneOfEach(scene);
    expect(await leftOver(scene)).toEqual({ alive: [], jobs: 0, audit: ["approved plan", "merged"] });
  }, 300_000);
});

function killed(of: Scene): Boundary[] {
  return of
    .diary()
    .flatMap((entry) => (entry.what === "killed" ? [entry.boundary] : []))
    .toSorted();
}

/** What store and queue hold when the last process is gone. */
async function leftOver(of: Scene): Promise<{ alive: string[]; jobs: number; audit: string[] }> {
  const { CODEGEN_DATA_DIR: dataDir = "", DATABASE_URL: databaseUrl, QUEUE_URL: queueUrl } = of.variables;
  const place = databaseUrl === undefined ? {} : { databaseUrl };
  const opened = await openStore({ ...place, dataDir, clock: systemClock, log: silentLog });
  const embedded = opened.embedded === undefined ? {} : { embedded: opened.embedded };
  const queue = await openQueue({
    ...place,
    ...(queueUrl === undefined ? {} : { queueUrl }),
    ...embedded,
    log: silentLog,
  });
  try {
    const repo = await of.ada.api<{ id: number }>("GET", of.at);
    const ref = { installation: 1, id: repo.id, owner: "ada", name: "teashop" };
    const runs = [...(await opened.store.runs.of(ref, of.issue)), ...(await opened.store.runs.of(ref, of.issue + 1))];
    const alive = runs.filter(({ state }) => state === "queued" || state === "running" || state === "waiting");
    const counts = await queue.counts();
    // The one that is left is the next reconcile pass.
    const jobs = (counts.waiting ?? 0) + (counts.active ?? 0) + (counts.delayed ?? 0) - 1;
    const audit = (await opened.store.audit.list({ limit: 100 })).map(({ action }) => action).toReversed();
    return { alive: alive.map(({ kind, state }) => `${kind} ${state}`), jobs, audit };
  } finally {
    await queue.close();
    await opened.close();
  }
}
