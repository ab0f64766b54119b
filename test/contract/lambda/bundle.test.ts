import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { execa } from "execa";
import { openQueue } from "../../../pipelines/queue.ts";
import { jobId } from "../../../pipelines/jobs.ts";
import { silentLog } from "../../../src/log.ts";
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

/** Runs the bundle as Lambda would: in a fresh process, with nothing but its variables, far from node_modules. */
async function invoke(variables: Record<string, string>): Promise<{ stdout: string; stderr: string }> {
  const body = commentBody("/codegen plan");
  const headers = {
    "content-type": "application/json",
    "x-github-delivery": "from-lambda",
    "x-github-event": "issue_comment",
    "x-hub-signature-256": sign(body),
  };
  const script = `const { webhooks } = await import(${JSON.stringify(join(folder, "webhooks.mjs"))});
    try { console.log("ANSWER " + JSON.stringify(await webhooks(${JSON.stringify(httpEvent({ body, headers }))}, {}))); }
    catch (error) { console.log("THROWN " + error.name + ": " + error.message); }
    process.exit(0);`;
  return execa(process.execPath, ["--input-type=module", "-e", script], {
    env: variables,
    extendEnv: false,
    cwd: folder,
    timeout: 30_000,
  });
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

test("the bundle refuses to hold the queue itself", async () => {
  const { stdout } = await invoke({ APP_ID: "1", WEBHOOK_SECRET: secret });
  expect(stdout).toContain("THROWN StartError: Cannot start, one variable is wrong:");
  expect(stdout).toContain("QUEUE_URL is missing: a function cannot hold the embedded queue");
}, 60_000);

test("the bundle names the packages whose licences ask for it", async () => {
  expect(await readFile(join(folder, "webhooks.mjs.LEGAL.txt"), "utf8")).not.toBe("");
});
