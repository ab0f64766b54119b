import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import type { Boundary } from "./boundaries.ts";
import { openScene, openServers, until, type Bot, type Scene, type SceneServers } from "./scene.ts";
import { expectOneOfEach, playStory } from "./story.ts";

let servers: SceneServers;
let scene: Scene | undefined;
beforeAll(async () => {
  servers = await openServers();
}, 30_000);
afterEach(async () => {
  const ending = scene;
  scene = undefined;
  await ending?.close();
}, 30_000);
afterAll(() => servers?.close());

/** One in each run that writes more than once, with a write to GitHub still to come. */
const pauses: Boundary[] = ["plan/think done", "agent/branch done", "validate/run test done"];

test("a worker that was paused for longer than its lease writes nothing, and another one finishes its run", async () => {
  scene = await openScene(servers);
  const stage = scene;
  scene.edge();
  const orders = { at: pauses, signal: "SIGSTOP", leaseMs: 1_000 } as const;
  const workers = [1, 2].map(() => stage.bot(orders, { CODEGEN_ROLE: "worker", PORT: "0" }));
  await Promise.all(workers.map((worker) => worker.go()));

  let lost = 0;
  let late: string[] | null = null;
  await playStory(scene, 60_000, async () => {
    if (lost === pauses.length) return;
    const paused = workers.find(({ pid }) => pid === stoppedBy(stage, lost));
    if (paused === undefined) throw new Error("the run was finished without a pause");
    const before = losses(paused);
    const written = writes(stage).length;
    paused.kill("SIGCONT");
    await until("the paused worker found its lease lost", () => losses(paused) > before || undefined, 20_000);
    lost += 1;
    // After the plan everybody waits for a person: whatever was written since, the paused one wrote.
    if (lost === 1) late = writes(stage).slice(written);
  });
  expect(late).toEqual([]);
  expect(stage.diary().flatMap((entry) => (entry.what === "stopped" ? [entry.boundary] : []))).toEqual(pauses);
  await expectOneOfEach(scene);
}, 120_000);

function stoppedBy(of: Scene, index: number): number | undefined {
  return of.diary().flatMap((entry) => (entry.what === "stopped" ? [entry.pid] : []))[index];
}

/** How often a worker said that it has lost a run. */
function losses(worker: Bot): number {
  return worker.output().split('"outcome":"lease-lost"').length - 1;
}

function writes(of: Scene): string[] {
  return of.github
    .log()
    .filter(({ method, route }) => method !== "GET" && route?.includes("access_tokens") !== true)
    .map(({ method, path }) => `${method} ${path}`);
}
