/** The edge behind the local GitHub: what that sends is held against GitHub's own description, so this is its real shape. */
import { readFile } from "node:fs/promises";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { startEdge, type Edge } from "../../../handlers/edge.ts";
import { githubPart, readHealth } from "../../../handlers/http/health.ts";
import { systemClock } from "../../../src/clock.ts";
import { silentLog } from "../../../src/log.ts";
import { emptyStore } from "../../doubles/empty-store.ts";
import { startGitHub, type LocalGitHub } from "../../doubles/github/index.ts";

let github: LocalGitHub;
let edge: Edge;
let relay: Server;
let token = "";
const jobs: { name: string; data: unknown }[] = [];
const outcomes: { event: string; action: string | null; outcome: string }[] = [];

async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(github.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
  return (text === "" ? null : JSON.parse(text)) as T;
}

beforeAll(async () => {
  github = await startGitHub();
  // The App must exist before the edge knows its number, and its hook's address before the App exists.
  relay = createServer((request, response) => {
    void fetch(`http://127.0.0.1:${edge.port}${request.url}`, {
      method: "POST",
      headers: Object.fromEntries(
        Object.entries(request.headers).filter(([name]) => /^(?:x-|content-type)/.test(name)),
      ) as Record<string, string>,
      body: request as unknown as ReadableStream,
      duplex: "half",
    }).then(async (answer) => response.writeHead(answer.status).end(await answer.text()));
  }).listen(0, "127.0.0.1");
  await once(relay, "listening");
  const hook = `http://127.0.0.1:${(relay.address() as AddressInfo).port}/api/github/webhooks`;
  const manifest: unknown = parse(await readFile(new URL("../../../app.yml", import.meta.url), "utf8"));
  const user = await call<{ token: string }>("POST", "/_admin/users", { login: "ann" });
  const app = await call<{ app_id: number; webhook_secret: string }>("POST", "/_admin/apps", {
    manifest,
    webhook_url: hook,
  });
  edge = await startEdge({
    role: "edge",
    host: "127.0.0.1",
    port: 0,
    appId: app.app_id,
    secrets: [app.webhook_secret],
    enqueue: async (name, data) => void jobs.push({ name, data }),
    queueMetrics: async () => "",
    deliveries: { record: async (row) => void outcomes.push(row) },
    store: emptyStore,
    githubWebUrl: github.url,
    parts: {},
    log: silentLog,
  });
  token = user.token;
  await call("POST", "/user/repos", { name: "shop", auto_init: true });
  await call("POST", "/_admin/installations", { app_id: app.app_id, account: "ann" });
  await call("POST", "/repos/ann/shop/issues", { title: "Basket loses items" });
  await github.settled();
}, 30_000);
beforeEach(() => {
  jobs.length = 0;
  outcomes.length = 0;
});
afterAll(async () => {
  await edge.close();
  relay.close();
  await github.close();
});

test("a comment and a label that GitHub delivers become the jobs that they ask for", async () => {
  await call("POST", "/repos/ann/shop/issues/1/comments", { body: "/codegen plan\r\n\r\n> /codegen run" });
  await call("POST", "/repos/ann/shop/issues/1/labels", { labels: ["codegen:run"] });
  await github.settled();
  expect(jobs).toMatchObject([
    {
      name: "plan",
      data: {
        issue: 1,
        repo: { owner: "ann", name: "shop" },
        trigger: { kind: "comment", index: 0, actor: { login: "ann" } },
      },
    },
    { name: "agent", data: { issue: 1, trigger: { kind: "label", label: "codegen:run" } } },
  ]);
});

test("a pull is validated when it is opened, looked at when it is reviewed, and let go when it is closed", async () => {
  const main = await call<{ object: { sha: string } }>("GET", "/repos/ann/shop/git/ref/heads/main");
  await call("POST", "/repos/ann/shop/git/refs", { ref: "refs/heads/fix", sha: main.object.sha });
  const content = Buffer.from("fixed").toString("base64");
  await call("PUT", "/repos/ann/shop/contents/fix.txt", { message: "Fix", content, branch: "fix" });
  const pull = await call<{ number: number; head: { sha: string } }>("POST", "/repos/ann/shop/pulls", {
    title: "Fix",
    head: "fix",
    base: "main",
  });
  await github.settled();
  await call("POST", `/repos/ann/shop/pulls/${pull.number}/reviews`, { event: "COMMENT", body: "/codegen validate" });
  await call("PATCH", `/repos/ann/shop/pulls/${pull.number}`, { state: "closed" });
  await github.settled();
  expect(jobs.map(({ name }) => name)).toEqual(["validate", "validate", "merge", "control"]);
  expect(jobs[0]).toMatchObject({ data: { pull: pull.number, head: pull.head.sha } });
});

test("nothing that GitHub delivered was unreadable, and all of it was described by GitHub", async () => {
  await call("PATCH", "/repos/ann/shop/issues/1", { state: "closed" });
  await github.settled();
  expect(outcomes.map(({ event, action }) => `${event}.${action}`)).toContain("issues.closed");
  expect(outcomes.filter(({ outcome }) => outcome.includes("could not be read"))).toEqual([]);
  expect(github.violations()).toEqual([]);
});

test("its health is seen through its API", async () => {
  expect(await readHealth({ github: githubPart(github.url, systemClock) })).toMatchObject({ ok: true });
  expect(await readHealth({ github: githubPart(`${github.url}/api/v3`, systemClock) })).toMatchObject({ ok: true });
});
