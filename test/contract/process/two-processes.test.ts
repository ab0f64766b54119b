import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { bundled } from "../../doubles/bundled.ts";
import { startPostgres, type PostgresServer } from "../../doubles/postgres.ts";
import { startRedis, type RedisServer } from "../../doubles/redis.ts";
import { processesWith, runServer, type ServerProcess } from "./server-process.ts";
import { setStage, until, type Stage } from "./stage.ts";

interface Health {
  role: string;
  ok: boolean;
  parts: Record<string, { ok: boolean; error?: string }>;
}

const settings = `validation: { commands: [{ name: quick, run: "true" }] }\n`;

describe("an edge and a worker in processes of their own, on Redis and PostgreSQL", () => {
  let redis: RedisServer;
  let postgres: PostgresServer;
  let stage: Stage;
  let edge: ServerProcess;
  let worker: ServerProcess;
  const ports = { edge: 0, worker: 0 };

  beforeAll(async () => {
    [redis, postgres, stage] = await Promise.all([startRedis(), startPostgres(), setStage(settings)]);
    const shared = { ...stage.variables, QUEUE_URL: redis.url, DATABASE_URL: postgres.url };
    // The edge knows no key and the worker no secret: each holds only what it needs. An empty variable counts as absent.
    const program = await bundled("server");
    edge = runServer({ ...shared, CODEGEN_ROLE: "edge", PRIVATE_KEY: "", PORT: String(stage.port) }, program);
    worker = runServer({ ...shared, CODEGEN_ROLE: "worker", WEBHOOK_SECRET: "", PORT: "0" }, program);
    ports.edge = Number((await edge.line("ready"))["port"]);
    ports.worker = Number((await worker.line("ready"))["port"]);
  }, 60_000);
  afterAll(async () => {
    for (const server of [edge, worker]) server.stop("SIGKILL");
    await Promise.all([edge.ended, worker.ended]);
    await Promise.all([redis.close(), postgres.close(), stage.close()]);
  }, 30_000);

  const get = (who: "edge" | "worker", path: string) => fetch(`http://127.0.0.1:${ports[who]}${path}`);
  const health = async (who: "edge" | "worker") => {
    const answer = await get(who, "/health");
    return { status: answer.status, ...((await answer.json()) as Health) };
  };

  test("a command travels from GitHub through edge and worker, and its answer back", async () => {
    const issue = await stage.ada.api<{ number: number }>("POST", `${stage.at}/issues`, { title: "Hello" });
    const comment = await stage.ada.api<{ id: number }>("POST", `${stage.at}/issues/${issue.number}/comments`, {
      body: "/codegen help",
    });
    expect((await stage.answers(issue.number, 1))[0]).toContain("What you can ask for");
    const reactions = `${stage.at}/issues/comments/${comment.id}/reactions`;
    expect(await stage.ada.api("GET", reactions)).toMatchObject([{ content: "eyes" }]);
  }, 60_000);

  test("the Details of a check lead to the worker, on the port that it was given for 0", async () => {
    const { ada, at } = stage;
    const main = await ada.api<{ object: { sha: string } }>("GET", `${at}/git/ref/heads/main`);
    await ada.api("POST", `${at}/git/refs`, { ref: "refs/heads/notes", sha: main.object.sha });
    const { commit } = await ada.api<{ commit: { sha: string } }>("PUT", `${at}/contents/NOTES.md`, {
      message: "Add notes",
      content: Buffer.from("notes\n").toString("base64"),
      branch: "notes",
    });
    await ada.api("POST", `${at}/pulls`, { title: "Notes", head: "notes", base: "main" });
    const read = async () =>
      (
        await ada.api<{ check_runs: { name: string; status: string; details_url: string }[] }>(
          "GET",
          `${at}/commits/${commit.sha}/check-runs`,
        )
      ).check_runs;
    const checks = await until(
      read,
      (found) => found.length > 0 && found.every(({ status }) => status === "completed"),
    );
    const address = checks.find(({ name }) => name === "codegen / quick")?.details_url ?? "";
    expect(new URL(address).origin).toBe(`http://127.0.0.1:${ports.worker}`);
    expect((await worker.line("ready"))["url"]).toBe(`http://127.0.0.1:${ports.worker}`);
    expect((await fetch(address)).status).toBe(200);
  }, 60_000);

  test("each says how its own parts are, and the worker takes no webhooks", async () => {
    const [ofEdge, ofWorker] = await Promise.all([health("edge"), health("worker")]);
    expect(ofEdge).toMatchObject({ status: 200, role: "edge", ok: true });
    expect(Object.keys(ofEdge.parts).toSorted()).toEqual(["github", "queue", "store"]);
    expect(ofWorker).toMatchObject({ status: 200, role: "worker", ok: true });
    expect(Object.keys(ofWorker.parts).toSorted()).toEqual(["github", "queue", "sandbox", "store"]);
    expect((await fetch(`http://127.0.0.1:${ports.worker}/api/github/webhooks`, { method: "POST" })).status).toBe(404);
  }, 30_000);

  test("both give metrics; those of the queue are the same ones", async () => {
    for (const who of ["edge", "worker"] as const) {
      const text = await (await get(who, "/metrics")).text();
      expect(text).toMatch(/^process_cpu_seconds_total /m);
      expect(text).toMatch(/^bullmq_job_count\{.*state="completed"\} [1-9]/m);
    }
  }, 30_000);

  test("while the queue is away both say so by name, a delivery is refused, and both still end at SIGTERM", async () => {
    await redis.close();
    for (const who of ["edge", "worker"] as const) {
      const { status, ok, parts } = await until(
        () => health(who),
        (answer) => answer.status !== 200,
      );
      expect({ status, ok }).toEqual({ status: 503, ok: false });
      expect(Object.entries(parts).filter(([, part]) => !part.ok)).toEqual([
        ["queue", expect.objectContaining({ error: expect.stringMatching(/\S/) })],
      ]);
    }
    const issue = await stage.ada.api<{ number: number }>("POST", `${stage.at}/issues`, { title: "Later" });
    await stage.ada.api("POST", `${stage.at}/issues/${issue.number}/comments`, { body: "/codegen help" });
    await stage.github.settled();
    expect(await edge.line("the delivery could not be queued")).toMatchObject({ event: "issue_comment" });

    const told = performance.now();
    for (const server of [edge, worker]) server.stop("SIGTERM");
    const [edgeEnd, workerEnd] = await Promise.all([edge.ended, worker.ended]);
    expect([edgeEnd.code, workerEnd.code]).toEqual([0, 0]);
    expect(performance.now() - told).toBeLessThan(10_000);
    expect(await processesWith(stage.folder)).toEqual([]);
  }, 60_000);
});
