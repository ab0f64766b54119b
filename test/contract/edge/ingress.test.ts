import { Agent } from "node:http";
import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { startEdge, type Edge } from "../../../handlers/edge.ts";
import { verifiedSecret } from "../../../handlers/github/delivery.ts";
import { TransientError } from "../../../src/errors.ts";
import { silentLog } from "../../../src/log.ts";
import { emptyStore } from "../../doubles/empty-store.ts";
import { commentBody, previous, secret, send, sign } from "./client.ts";

const enqueued: { name: string; index: number | undefined }[] = [];
const recorded: { guid: string; outcome: string }[] = [];
let queueAway = false;
let storeAway = false;
let edge: Edge;

beforeAll(async () => {
  edge = await startEdge({
    role: "edge",
    host: "127.0.0.1",
    port: 0,
    appId: 4242,
    secrets: [secret, previous],
    enqueue: async (name, _data, options) => {
      if (queueAway) throw new TransientError("the queue did not take the job");
      enqueued.push({ name, index: options?.index });
    },
    queueMetrics: async () => {
      if (queueAway) throw new TransientError("the queue did not answer");
      return 'bullmq_job_count{queue="codegen",state="waiting"} 3';
    },
    deliveries: {
      record: async (row) => {
        if (storeAway) throw new Error("no store");
        recorded.push(row);
      },
    },
    store: {
      ...emptyStore,
      runs: {
        ...emptyStore.runs,
        countByState: async () => {
          if (storeAway) throw new Error("no store");
          return [{ kind: "plan", state: "succeeded", count: 7 }];
        },
      },
    },
    githubWebUrl: "http://github.test",
    parts: {
      store: async () => {
        if (storeAway) throw new Error("no store");
      },
    },
    log: silentLog,
    bodyTimeoutMs: 300,
    headersTimeoutMs: 400,
  });
});
beforeEach(() => {
  enqueued.length = 0;
  recorded.length = 0;
  queueAway = false;
  storeAway = false;
});
afterAll(() => edge.close());

describe("a delivery", () => {
  test("is acknowledged with its outcome once its jobs are queued", async () => {
    const answer = await send({ port: edge.port, body: commentBody("/codegen plan\n/codegen help") });
    expect(answer).toMatchObject({ status: 202, headers: { "content-type": "application/json; charset=utf-8" } });
    expect(JSON.parse(answer.body)).toEqual({
      delivery: "72d3162e-cc78-11e3-81ab-4c9367dc0958",
      outcome: "queued: plan, reply",
    });
    expect(enqueued).toEqual([
      { name: "plan", index: 0 },
      { name: "reply", index: 1 },
    ]);
    expect(recorded).toMatchObject([
      { event: "issue_comment", action: "created", installation: 77, outcome: "queued: plan, reply" },
    ]);
  });

  test("signed with the secret before the present one is taken too", async () => {
    const body = commentBody("/codegen plan");
    expect(
      await send({ port: edge.port, body, headers: { "x-hub-signature-256": sign(body, previous) } }),
    ).toMatchObject({ status: 202 });
  });

  test.each(["ping", "push", "star", "error", "constructor", "__proto__"])(
    "of the event %s is taken and ignored",
    async (event) => {
      const answer = await send({ port: edge.port, body: '{"zen":"x"}', headers: { "x-github-event": event } });
      expect(answer.status).toBe(202);
      expect(answer.body).toContain("ignored: ");
      expect(enqueued).toEqual([]);
    },
  );

  test("with letters of all kinds is signed over its bytes", async () => {
    expect(await send({ port: edge.port, body: commentBody("/codegen plan für 日本 🎉") })).toMatchObject({
      status: 202,
    });
  });

  test("nested very deeply is no danger", async () => {
    const body = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    expect(await send({ port: edge.port, body, headers: { "x-github-event": "star" } })).toMatchObject({ status: 202 });
  });

  test("is answered 503 when the queue is away, and can come again", async () => {
    queueAway = true;
    const refused = await send({ port: edge.port });
    expect(refused).toMatchObject({ status: 503, headers: { "retry-after": "30" } });
    queueAway = false;
    expect(await send({ port: edge.port })).toMatchObject({ status: 202 });
    expect(enqueued).toHaveLength(1);
    expect(recorded.map((row) => row.outcome)).toEqual(["failed: not queued", "queued: plan"]);
  });

  test("is acknowledged even if its outcome cannot be recorded", async () => {
    storeAway = true;
    expect(await send({ port: edge.port })).toMatchObject({ status: 202 });
  });
});

describe("anything else is refused, and told why", () => {
  test.each([
    ["GET", { method: "GET" }, 405, "POST"],
    ["a form", { headers: { "content-type": "application/x-www-form-urlencoded" } }, 415, "application/json"],
    ["no content type", { headers: { "content-type": undefined } }, 415, "application/json"],
    ["no delivery id", { headers: { "x-github-delivery": undefined } }, 400, "X-GitHub-Delivery is missing"],
    ["a strange delivery id", { headers: { "x-github-delivery": "a:b" } }, 400, "X-GitHub-Delivery is not of the form"],
    ["no event", { headers: { "x-github-event": undefined } }, 400, "X-GitHub-Event is missing"],
    ["a strange event", { headers: { "x-github-event": "*" } }, 400, "X-GitHub-Event is not of the form"],
    ["no signature", { headers: { "x-hub-signature-256": undefined } }, 400, "X-Hub-Signature-256 is missing"],
    [
      "only the old signature",
      { headers: { "x-hub-signature-256": undefined, "x-hub-signature": "sha1=x" } },
      400,
      "X-Hub-Signature-256",
    ],
    ["a wrong signature", { headers: { "x-hub-signature-256": sign("other") } }, 401, "does not match"],
    [
      "a signature of an empty secret",
      { headers: { "x-hub-signature-256": sign(commentBody("/codegen plan"), "") } },
      401,
      "does not match",
    ],
    ["a signature that is none", { headers: { "x-hub-signature-256": "sha256=" } }, 401, "does not match"],
    ["an empty body", { body: "" }, 400, "not JSON"],
    ["bad JSON", { body: "{" }, 400, "not JSON"],
    ["a list", { body: "[]" }, 400, "not an object"],
    ["a number", { body: "7" }, 400, "not an object"],
    ["bytes that are no text", { body: Buffer.from([0x7b, 0xff, 0x7d]) }, 400, "not UTF-8"],
    [
      "a declared size over the cap",
      { headers: { "content-length": String(25 * 1024 * 1024 + 1) }, body: "{}" },
      413,
      "larger than 26214400",
    ],
  ])("%s", async (_name, sent, status, words) => {
    const answer = await send({ port: edge.port, ...sent });
    expect(answer.status).toBe(status);
    expect((JSON.parse(answer.body) as { error: string }).error).toContain(words);
    expect(enqueued).toEqual([]);
    expect(recorded.filter((row) => row.outcome.startsWith("queued"))).toEqual([]);
  });

  test("a thousand changed signatures", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const right = sign(commentBody("/codegen plan"));
    const wrong = Array.from({ length: 1_000 }, (_, index) => {
      const at = 7 + (index % 64);
      const digit = ((Number.parseInt(right[at] ?? "0", 16) + 1 + (index % 15)) % 16).toString(16);
      return right.slice(0, at) + digit + right.slice(at + 1);
    });
    const answers = await Promise.all(
      wrong.map((signature) => send({ port: edge.port, agent, headers: { "x-hub-signature-256": signature } })),
    );
    agent.destroy();
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([401]));
    expect(enqueued).toEqual([]);
  });

  test("no text but the right signature is one", () => {
    const body = Buffer.from("{}");
    const text = fc.oneof(
      fc.string(),
      fc.stringMatching(/^sha(1|256)=[0-9a-fA-F]{0,70}$/),
      fc.constant(sign("{}").toUpperCase()),
    );
    fc.assert(
      fc.property(text, (signature) => expect(verifiedSecret(body, signature, [secret, previous])).toBeNull()),
      { numRuns: 10_000 },
    );
    expect(verifiedSecret(body, sign("{}", previous), [secret, previous])).toBe(previous);
  });
});

describe("a slow sender", () => {
  const open: Socket[] = [];
  async function dial(start: string): Promise<{ socket: Socket; said: Promise<string> }> {
    const socket = connect(edge.port, "127.0.0.1");
    open.push(socket);
    await once(socket, "connect");
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", () => {});
    const said = once(socket, "close").then(() => Buffer.concat(chunks).toString());
    socket.write(start);
    return { socket, said };
  }
  afterAll(() => open.forEach((socket) => socket.destroy()));

  const headers = (length: number): string =>
    [
      "POST /api/github/webhooks HTTP/1.1",
      "host: localhost",
      "content-type: application/json",
      `content-length: ${length}`,
      "x-github-delivery: abc",
      "x-github-event: push",
      `x-hub-signature-256: ${sign("x")}`,
      "",
      "",
    ].join("\r\n");

  test("of a body is cut off with 408", async () => {
    const { said } = await dial(`${headers(100)}{`);
    expect(await said).toMatch(/^HTTP\/1\.1 408 [\s\S]*did not arrive within 0\.3 s/);
  });

  test("of headers is cut off", async () => {
    const { said } = await dial("POST /api/github/webhooks HTTP/1.1\r\nhost: local");
    expect(await said).toMatch(/^(?:HTTP\/1\.1 408 [\s\S]*)?$/);
  });

  test("who hangs up in the middle harms nobody", async () => {
    const { socket, said } = await dial(`${headers(100)}{`);
    socket.destroy();
    await said;
    expect(await send({ port: edge.port })).toMatchObject({ status: 202 });
  });

  test("fifty of them do not hold up the others", async () => {
    await Promise.all(Array.from({ length: 50 }, () => dial(`${headers(1_000)}{`)));
    const times: number[] = [];
    for (let index = 0; index < 50; index += 1) {
      const start = performance.now();
      expect(await send({ port: edge.port })).toMatchObject({ status: 202 });
      times.push(performance.now() - start);
    }
    expect(times.toSorted((a, b) => a - b)[48]).toBeLessThan(500);
  });
});

describe("the pages beside", () => {
  const get = async (path: string): Promise<Response> => fetch(`http://127.0.0.1:${edge.port}${path}`);

  test("say what this is", async () => {
    const response = await get("/");
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("/codegen help");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'self'");
    expect(response.headers.get("x-powered-by")).toBeNull();
  });

  test("tell the health of each part", async () => {
    expect(await (await get("/health")).json()).toMatchObject({
      ok: true,
      role: "edge",
      parts: { store: { ok: true } },
    });
    storeAway = true;
    const ill = await get("/health");
    expect(ill.status).toBe(503);
    expect(await ill.json()).toMatchObject({ ok: false, parts: { store: { ok: false, error: "no store" } } });
  });

  test("count deliveries, whatever strangers call their events", async () => {
    await send({ port: edge.port });
    await send({ port: edge.port, headers: { "x-github-event": "made_up", "x-hub-signature-256": sign("wrong") } });
    const response = await get("/metrics");
    const text = await response.text();
    expect(response.headers.get("content-type")).toContain("text/plain");
    expect(text).toMatch(/codegen_deliveries_total\{event="issue_comment",outcome="queued"\} \d+/);
    expect(text).toMatch(/codegen_deliveries_total\{event="other",outcome="refused"\} \d+/);
    expect(text).toContain("codegen_ack_seconds_bucket");
    expect(text).toContain("process_resident_memory_bytes");
    expect(text).toContain('bullmq_job_count{queue="codegen",state="waiting"} 3');
    expect(text).toContain('codegen_runs{kind="plan",state="succeeded"} 7');
    expect(text).not.toContain("made_up");
  });

  test("give their own numbers while the queue is away", async () => {
    queueAway = true;
    const response = await get("/metrics");
    expect([response.status, (await response.text()).includes("codegen_ack_seconds")]).toEqual([200, true]);
  });

  test("answer 404 elsewhere", async () => {
    expect((await get("/probot")).status).toBe(404);
  });
});
