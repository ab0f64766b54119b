import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { execa } from "execa";
import { openQueue } from "../../../pipelines/queue.ts";
import { jobId } from "../../../pipelines/jobs.ts";
import { systemClock } from "../../../src/clock.ts";
import { runPath } from "../../../src/domain/run-link.ts";
import { silentLog } from "../../../src/log.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { startPostgres } from "../../doubles/postgres.ts";
import { startRedis, type RedisServer } from "../../doubles/redis.ts";
import { commentBody, secret, sign } from "../edge/client.ts";
import { httpEvent } from "./events.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
let redis: RedisServer;
let folder = "";

beforeAll(async () => {
  redis = await startRedis();
  folder = await mkdtemp(join(tmpdir(), "codegen-lambda-"));
  await execa(process.execPath, ["deploy/bundle-lambda.mjs", folder], { cwd: root, timeout: 60_000 });
}, 90_000);
afterAll(async () => {
  await redis.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a bundle as Lambda would: in a fresh process, with nothing but its variables, far from node_modules. One event after the other. */
async function call(
  name: "webhooks" | "pages",
  events: readonly unknown[],
  variables: Record<string, string>,
): Promise<string> {
  const script = `const { ${name} } = await import(${JSON.stringify(join(folder, `${name}.mjs`))});
    for (const event of ${JSON.stringify(events)}) {
      const start = performance.now();
      try { console.log("ANSWER " + JSON.stringify(await ${name}(event, {}))); }
      catch (error) { console.log("THROWN " + error.name + ": " + error.message); }
      console.log("MS " + Math.round(performance.now() - start));
    }
    process.exit(0);`;
  const options = { env: variables, extendEnv: false, cwd: folder, timeout: 30_000 };
  return (await execa(process.execPath, ["--input-type=module", "-e", script], options)).stdout;
}

/** A comment as GitHub sends it. */
function delivery(id: string, signature?: string): unknown {
  const body = commentBody("/codegen plan");
  const headers = {
    "content-type": "application/json",
    "x-github-delivery": id,
    "x-github-event": "issue_comment",
    "x-hub-signature-256": signature ?? sign(body),
  };
  return httpEvent({ body, headers });
}

async function invoke(variables: Record<string, string>): Promise<{ stdout: string }> {
  return { stdout: await call("webhooks", [delivery("from-lambda")], variables) };
}

/** The way to a server, on which the first connection is taken and never answered. */
async function slowAtFirst(target: string): Promise<{ url: string; close(): void }> {
  const { hostname, port } = new URL(target);
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on("error", () => undefined));
    if (sockets.length > 1) socket.pipe(connect(Number(port), hostname)).pipe(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

test("the bundle alone takes a delivery and puts its job into the queue", async () => {
  const { stdout } = await invoke({ APP_ID: "1", WEBHOOK_SECRET: secret, QUEUE_URL: redis.url });
  expect(stdout).toContain('ANSWER {"statusCode":202');
  const queue = await openQueue({ queueUrl: redis.url, log: silentLog });
  try {
    expect(await queue.job(jobId("from-lambda"))).toMatchObject({ name: "plan", state: "waiting" });
  } finally {
    await queue.close();
  }
}, 60_000);

test("a container that finds the queue away still checks signatures, answers 503 in time, and tries again with the next delivery", async () => {
  const way = await slowAtFirst(redis.url);
  try {
    const events = [delivery("first", sign("other")), delivery("second"), delivery("third")];
    const stdout = await call("webhooks", events, { APP_ID: "1", WEBHOOK_SECRET: secret, QUEUE_URL: way.url });
    const answers = [...stdout.matchAll(/^(?:ANSWER|THROWN) (.*)$/gm)].map(([, text = ""]) => text);
    expect(answers).toEqual([
      expect.stringContaining('"statusCode":401'),
      expect.stringMatching(/"statusCode":503.*"retry-after":"30"/),
      expect.stringContaining('"statusCode":202'),
    ]);
    const ms = [...stdout.matchAll(/^MS (\d+)$/gm)].map(([, text]) => Number(text));
    expect(Math.max(...ms)).toBeLessThan(4_000);
  } finally {
    way.close();
  }
}, 60_000);

test("the bundle refuses to hold the queue itself", async () => {
  const { stdout } = await invoke({ APP_ID: "1", WEBHOOK_SECRET: secret });
  expect(stdout).toContain("THROWN StartError: Cannot start, one variable is wrong:");
  expect(stdout).toContain("QUEUE_URL is missing: a function cannot hold the embedded queue");
}, 60_000);

test("the bundle of the pages shows a run of the store, and asks now and then for what is new", async () => {
  const postgres = await startPostgres();
  const { store, close } = await openStore({
    databaseUrl: postgres.url,
    dataDir: folder,
    clock: systemClock,
    log: silentLog,
  });
  try {
    const repo = { installation: 1, id: 2, owner: "octo", name: "shop" };
    const run = await store.runs.open({ kind: "validate", repo, number: 7, head: null, actor: "ada", jobId: "one" });
    const log = await store.logs.open(run.id, "test", "npm test");
    await store.logs.append(log, [{ line: 1, text: "printed\n" }]);
    const [key] = await store.linkKeys.all();
    const [path = "", query = ""] = runPath({ runId: run.id, expiresAt: new Date(Date.now() + 60_000) }, key).split(
      "?",
    );
    const variables = { APP_ID: "1", WEBHOOK_SECRET: secret, QUEUE_URL: redis.url, DATABASE_URL: postgres.url };
    const show = async (rawPath: string, rawQueryString: string) => {
      const answer = await call("pages", [{ rawPath, rawQueryString }], variables);
      return JSON.parse(/ANSWER (.*)/.exec(answer)?.[1] ?? answer) as { statusCode: number; body: string };
    };
    const page = await show(path, query);
    expect(page).toMatchObject({ statusCode: 200, headers: { "referrer-policy": "no-referrer" } });
    expect(page.body).toContain('data-follow="poll"');
    expect(page.body).toContain("printed");
    expect((await show(`${path}/logs/${log.id}`, query)).body).toBe("printed\n");
    const asset = /src="(.assets[^"]*)"/.exec(page.body)?.[1] ?? "";
    expect(await show(asset, "")).toMatchObject({ statusCode: 200, body: expect.stringContaining("EventSource") });
    expect(await show(path, "")).toMatchObject({ statusCode: 404 });
  } finally {
    await close();
    await postgres.close();
  }
}, 60_000);

test("the bundle names the packages whose licences ask for it", async () => {
  expect(await readFile(join(folder, "webhooks.mjs.LEGAL.txt"), "utf8")).not.toBe("");
});
