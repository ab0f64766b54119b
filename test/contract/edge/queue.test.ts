import { Agent } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startEdge, type Edge } from "../../../handlers/edge.ts";
import { openQueue, type JobQueue } from "../../../pipelines/queue.ts";
import { jobId } from "../../../pipelines/jobs.ts";
import { silentLog } from "../../../src/log.ts";
import { emptyStore } from "../../doubles/empty-store.ts";
import type { Store } from "../../../src/store/port.ts";
import { startRedis, type RedisServer } from "../../doubles/redis.ts";
import { openPlace, type Place } from "../queue/places.ts";
import { commentBody, secret, send } from "./client.ts";

function startOn(queue: JobQueue, deliveries: Pick<Store["deliveries"], "record">): Promise<Edge> {
  return startEdge({
    role: "edge",
    host: "127.0.0.1",
    port: 0,
    appId: 1,
    secrets: [secret],
    enqueue: (name, data, options) => queue.enqueue(name, data, options),
    queueMetrics: () => queue.metrics(),
    deliveries,
    store: emptyStore,
    githubWebUrl: "http://github.test",
    parts: { queue: () => queue.ping() },
    log: silentLog,
  });
}

describe("with the queue on Redis", () => {
  let redis: RedisServer;
  let queue: JobQueue;
  let edge: Edge;

  beforeAll(async () => {
    redis = await startRedis();
    queue = await openQueue({ queueUrl: redis.url, name: "edge", log: silentLog });
    edge = await startOn(queue, { record: async () => {} });
  });
  afterAll(async () => {
    await edge.close();
    await queue.close();
    await redis.close();
  });

  test("one delivery sent a thousand times at once is one job", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 50 });
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, () =>
        send({ port: edge.port, agent, headers: { "x-github-delivery": "replayed" } }),
      ),
    );
    agent.destroy();
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]));
    expect((await queue.counts())["waiting"]).toBe(1);
  });

  test("a queue that answers nothing is a 503 before GitHub hangs up, and the redelivery is taken", async () => {
    const headers = { "x-github-delivery": "while-away" };
    redis.freeze();
    const start = performance.now();
    const refused = await send({ port: edge.port, headers });
    const ms = performance.now() - start;
    const ill = await fetch(`http://127.0.0.1:${edge.port}/health`);
    redis.thaw();
    expect(refused).toMatchObject({ status: 503, headers: { "retry-after": "30" } });
    expect(ms).toBeLessThan(10_000);
    expect(ill.status).toBe(503);
    expect(await send({ port: edge.port, headers })).toMatchObject({ status: 202 });
    expect(await queue.job(jobId("while-away"))).toMatchObject({ name: "plan", state: "waiting" });
  });
});

describe("with everything embedded", () => {
  let place: Place;
  let queue: JobQueue;
  let edge: Edge;

  beforeAll(async () => {
    place = await openPlace("pglite");
    queue = await openQueue(place.source("edge"));
    edge = await startOn(queue, place.opened.store.deliveries);
  }, 30_000);
  afterAll(async () => {
    await edge.close();
    await queue.close();
    await place.close();
  });

  test("each command of a delivery is a job of its own, once, and the outcome is kept", async () => {
    const body = commentBody("/codegen plan\n/codegen status");
    const headers = { "x-github-delivery": "two-commands" };
    for (let index = 0; index < 3; index += 1)
      expect(await send({ port: edge.port, body, headers })).toMatchObject({ status: 202 });
    expect(await queue.job(jobId("two-commands", 0))).toMatchObject({ name: "plan" });
    expect(await queue.job(jobId("two-commands", 1))).toMatchObject({ name: "reply" });
    expect((await queue.counts())["waiting"]).toBe(2);
    await edge.close();
    expect(await place.opened.store.deliveries.get("two-commands")).toMatchObject({
      event: "issue_comment",
      outcome: "queued: plan, reply",
    });
  });
});
