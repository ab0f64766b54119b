import { createServer, Server as HttpServer, type RequestListener } from "node:http";
import { createServer as createSocketServer, type Server as NetServer } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import { startBudget, type BudgetMeter } from "../../../src/agents/budget.ts";
import { openRelay, type RelayEnd, type RelayLimits } from "../../../src/agents/claude/relay.ts";
import type { AgentBudget } from "../../../src/agents/port.ts";
import { priceOf } from "../../../src/agents/prices.ts";
import { silentLog } from "../../../src/log.ts";
import { key } from "./story.ts";

// The relay by itself: what comes from the sandbox is typed here by hand.

const model = "claude-sonnet-5";
const ticket = "session-0123456789";
const message = { model, max_tokens: 10, messages: [{ role: "user", content: "hello" }] };
const usage = { input_tokens: 100, cache_read_input_tokens: 40, cache_creation_input_tokens: 60, output_tokens: 7 };
const plain = JSON.stringify({ type: "message", role: "assistant", content: [], usage });

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

describe("the relay of a session refuses", () => {
  test.each([
    ["another path", "/v1/models", { method: "GET" }, 404],
    ["a path above", "/v1/messages/../files", {}, 404],
    ["batches", "/v1/messages/batches", {}, 404],
    ["what lies beside", "//models.example/v1/messages/x", {}, 404],
    ["another method", "/v1/messages", { method: "GET" }, 405],
    ["who has no ticket", "/v1/messages", { headers: {} }, 401],
    ["who has another ticket", "/v1/messages", { headers: { "x-api-key": "session-0123456780" } }, 401],
    ["another model", "/v1/messages", { body: JSON.stringify({ ...message, model: "claude-opus-5" }) }, 403],
    ["what is no request", "/v1/messages", { body: "[1" }, 400],
    ["what is too large", "/v1/messages", { body: JSON.stringify({ ...message, pad: "x".repeat(6_000) }) }, 413],
  ])("%s, and asks nobody", async (_name, path, init, status) => {
    const upstream = await startUpstream(respond(200, plain));
    const relay = await startRelay(upstream.url);
    const response = await relay.send(path, init);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ type: "error" });
    expect(upstream.seen).toEqual([]);
    expect(relay.ends).toEqual([]);
  });

  test("a host's name in the request: only the path is looked at", async () => {
    const upstream = await startUpstream(respond(200, plain));
    const relay = await startRelay(upstream.url);
    await relay.send("/v1/messages", { headers: { "x-api-key": ticket, host: "elsewhere.example" } });
    expect(upstream.seen.map(({ headers }) => headers.host)).toEqual([new URL(upstream.url).host]);
  });
});

describe("the relay of a session", () => {
  test("shows the key to the model's server alone, with the headers that mean something there", async () => {
    const upstream = await startUpstream(respond(200, plain));
    const relay = await startRelay(upstream.url);
    const headers = {
      authorization: `Bearer ${ticket}`,
      "anthropic-version": "2023-06-01",
      "anthropic-beta": "one,two",
      cookie: "a=b",
      "x-forwarded-for": "10.0.0.1",
    };
    const response = await relay.send("/v1/messages?beta=true", { headers });
    expect(await response.text()).toBe(plain);
    const [seen] = upstream.seen;
    expect(seen).toMatchObject({ method: "POST", url: "/v1/messages?beta=true", body: JSON.stringify(message) });
    expect(seen?.headers).toMatchObject({
      "x-api-key": key,
      "anthropic-version": "2023-06-01",
      "anthropic-beta": "one,two",
    });
    expect(JSON.stringify(seen?.headers)).not.toMatch(/session-|cookie|forwarded/);
  });

  test("counts what an answer used, with what its cache held", async () => {
    const upstream = await startUpstream(respond(200, plain));
    const relay = await startRelay(upstream.url);
    await relay.send("/v1/messages");
    expect(relay.budget.usage()).toMatchObject({ steps: 1, inputTokens: 200, outputTokens: 7, priced: true });
    expect(relay.budget.usage().usd).toBeCloseTo((160 * 2 + 40 * 0.2 + 7 * 10) / 1e6, 9);
    expect(relay.answers()).toBe(1);
  });

  test("counts a streamed answer by its last words", async () => {
    const upstream = await startUpstream(respond(200, streamOf(usage, { output_tokens: 70 })));
    const relay = await startRelay(upstream.url);
    const response = await relay.send("/v1/messages", { body: JSON.stringify({ ...message, stream: true }) });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(await response.text()).toBe(streamOf(usage, { output_tokens: 70 }));
    expect(relay.budget.usage()).toMatchObject({ steps: 1, inputTokens: 200, outputTokens: 70 });
  });

  test("estimates where the server does not say what it used", async () => {
    const upstream = await startUpstream(respond(200, JSON.stringify({ type: "message", content: [] })));
    const relay = await startRelay(upstream.url);
    await relay.send("/v1/messages");
    const { inputTokens, outputTokens } = relay.budget.usage();
    expect(inputTokens).toBeGreaterThan(20);
    expect(outputTokens).toBeGreaterThan(5);
  });

  test("lets tokens be counted without a step, but not for ever", async () => {
    const upstream = await startUpstream(respond(200, '{"input_tokens":3}'));
    const relay = await startRelay(upstream.url, {}, { countings: 2 });
    const answers = [];
    for (let times = 0; times < 3; times += 1) answers.push((await relay.send("/v1/messages/count_tokens")).status);
    expect(answers).toEqual([200, 200, 403]);
    expect(relay.budget.usage().steps).toBe(0);
  });

  test.each<[Partial<AgentBudget>, number, string]>([
    [{ steps: 2 }, 2, "budget of 2 steps"],
    [{ tokens: 430 }, 2, "budget of 430 tokens"],
    [{ usd: 0.001 }, 3, "US dollars"],
    [{ minutes: 0 }, 0, "budget of 0 minutes"],
  ])("ends the session before the call that goes over the budget of %j", async (budget, calls, words) => {
    const upstream = await startUpstream(respond(200, plain));
    const relay = await startRelay(upstream.url, budget);
    let status = 200;
    for (let times = 0; times < 6 && status === 200; times += 1) status = (await relay.send("/v1/messages")).status;
    expect(status).toBe(403);
    expect(upstream.seen).toHaveLength(calls);
    expect(relay.ends).toEqual([{ end: "budget", reason: expect.stringContaining(words) }]);
  });

  test("asks the budget for each of many calls at once", async () => {
    const upstream = await startUpstream(respond(200, plain));
    const relay = await startRelay(upstream.url, { steps: 3 });
    const statuses = await Promise.all(
      Array.from({ length: 8 }, async () => (await relay.send("/v1/messages")).status),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(3);
    expect(upstream.seen).toHaveLength(3);
  });

  test.each([
    [401, false, "refuses the key", 1],
    [404, false, "does not know `claude-sonnet-5`", 1],
    [400, false, "refuses the request", 1],
    [429, true, "is at its limit", 2],
    [529, true, "has a failure of its own", 2],
  ])("ends the session on HTTP %i in words of its own", async (status, passing, words, most) => {
    const upstream = await startUpstream(respond(status, `{"error":{"message":"no: ${key}"}}`));
    const relay = await startRelay(upstream.url);
    const response = await relay.send("/v1/messages");
    expect(await response.text()).not.toContain(key);
    expect(relay.ends).toEqual([{ end: "unavailable", passing, reason: expect.stringContaining(words) }]);
    expect(relay.ends[0]?.reason).toMatch(/\)\.$/);
    expect(upstream.seen.length).toBeGreaterThanOrEqual(most);
  });

  test("asks again where the server was gone for a moment, also in the middle of an answer", async () => {
    let calls = 0;
    const half = streamOf(usage, {}).slice(0, 80);
    const upstream = await startUpstream((_request, response) => {
      calls += 1;
      if (calls === 1) return void response.writeHead(503).end();
      response.writeHead(200, { "content-type": "text/event-stream" });
      if (calls === 2) return void response.write(half, () => response.destroy());
      response.end(streamOf(usage, {}));
    });
    const relay = await startRelay(upstream.url, {}, { retryTotalMs: 5_000 });
    const response = await relay.send("/v1/messages", { body: JSON.stringify({ ...message, stream: true }) });
    expect(await response.text()).toBe(streamOf(usage, {}));
    expect(relay.budget.usage().steps).toBe(1);
  });

  test("takes an error within a stream for what it is", async () => {
    const error = 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"busy"}}\n\n';
    const upstream = await startUpstream(respond(200, error));
    const relay = await startRelay(upstream.url);
    await relay.send("/v1/messages", { body: JSON.stringify({ ...message, stream: true }) }).then(
      (response) => response.text().catch(() => ""),
      () => "",
    );
    expect(relay.ends).toEqual([
      {
        end: "unavailable",
        passing: true,
        reason: expect.stringMatching(/is at its limit \(in its stream, \d tries\)\.$/),
      },
    ]);
  });

  test("gives up a server that falls silent within its answer", async () => {
    const upstream = await startUpstream((_request, response) => void response.writeHead(200).write("{"));
    const relay = await startRelay(upstream.url, {}, { silentMs: 100 });
    await relay.send("/v1/messages");
    expect(relay.ends).toEqual([
      { end: "unavailable", passing: true, reason: expect.stringContaining("said nothing") },
    ]);
  });

  test("says to a program that its conversation is too long, and ends when that does not help", async () => {
    const upstream = await startUpstream(respond(400, '{"error":{"message":"prompt is too long: 9 tokens"}}'));
    const relay = await startRelay(upstream.url);
    for (let times = 0; times < 3; times += 1) {
      const response = await relay.send("/v1/messages");
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { error: { message: "prompt is too long" } },
      ]);
      expect(relay.ends).toEqual([]);
    }
    await relay.send("/v1/messages");
    expect(relay.ends).toEqual([
      { end: "unavailable", passing: false, reason: expect.stringContaining("does not fit into what the model") },
    ]);
  });

  test.each([
    ["that is no answer", "<html>hello</html>"],
    ["that is far too large", JSON.stringify({ type: "message", content: "x".repeat(60_000) })],
  ])("ends as nonsense with a server that says three times something %s", async (_name, body) => {
    const upstream = await startUpstream(respond(200, body));
    const relay = await startRelay(upstream.url);
    for (let times = 0; times < 3; times += 1) expect((await relay.send("/v1/messages")).status).toBe(529);
    expect(relay.ends).toEqual([{ end: "nonsense", reason: expect.stringContaining("3 answers in a row") }]);
  });

  test("passes no key on that a server repeats in its answer", async () => {
    const upstream = await startUpstream(respond(200, JSON.stringify({ type: "message", content: key, usage })));
    const relay = await startRelay(upstream.url);
    expect(await (await relay.send("/v1/messages")).text()).toContain('"content":"[key]"');
  });

  test("follows no redirect, with which the key would go", async () => {
    const elsewhere = await startUpstream(respond(200, plain));
    const upstream = await startUpstream((_request, response) => {
      response.writeHead(307, { location: `${elsewhere.url}/v1/messages` }).end();
    });
    const relay = await startRelay(upstream.url);
    await relay.send("/v1/messages");
    expect(elsewhere.seen).toEqual([]);
    expect(relay.ends).toMatchObject([{ end: "unavailable" }]);
  });

  test("takes nobody in when the session is over", async () => {
    const upstream = await startUpstream(respond(200, plain));
    const relay = await startRelay(upstream.url);
    relay.stop();
    await expect(relay.send("/v1/messages")).rejects.toThrow("fetch failed");
    expect(upstream.seen).toEqual([]);
  });
});

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

async function startUpstream(listener: RequestListener): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => void pieces.push(piece));
    request.on("end", () => {
      const { method, url, headers } = request;
      seen.push({ method, url, headers, body: Buffer.concat(pieces).toString() });
      listener(request, response);
    });
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, seen };
}

function respond(status: number, body: string): RequestListener {
  return (_request, response) => void response.writeHead(status, { "content-type": "application/json" }).end(body);
}

function streamOf(start: object, end: object): string {
  const events = [
    { type: "message_start", message: { type: "message", role: "assistant", content: [], usage: start } },
    { type: "ping" },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: end },
    { type: "message_stop" },
  ];
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

interface RelayAtWork {
  readonly budget: BudgetMeter;
  readonly ends: RelayEnd[];
  answers(): number;
  send(path: string, init?: { method?: string; headers?: Record<string, string>; body?: string }): Promise<Response>;
  stop(): void;
}

async function startRelay(
  url: string,
  budget: Partial<AgentBudget> = {},
  limits: Partial<RelayLimits> = {},
): Promise<RelayAtWork> {
  const meter = startBudget({ steps: 20, tokens: 500_000, usd: 5, minutes: 1, ...budget }, priceOf(model));
  const session = new AbortController();
  const ends: RelayEnd[] = [];
  let answers = 0;
  const relay = openRelay({
    url,
    key,
    model,
    ticket,
    fetch,
    log: silentLog,
    budget: meter,
    signal: session.signal,
    limits: { silentMs: 5_000, retryTotalMs: 600, answerBytes: 50_000, requestBytes: 5_000, countings: 10, ...limits },
    onAnswer: () => void (answers += 1),
    onEnd: (end) => void ends.push(end),
  });
  const port = await listen(createSocketServer((connection) => relay.connect(connection)));
  closing.push(async () => relay.close());
  return {
    budget: meter,
    ends,
    answers: () => answers,
    send: (path, { method = "POST", headers = { "x-api-key": ticket }, body = JSON.stringify(message) } = {}) =>
      fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers,
        ...(method === "GET" ? {} : { body }),
      }),
    stop: () => session.abort(),
  };
}

async function listen(server: NetServer): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", () => resolve()));
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if (server instanceof HttpServer) server.closeAllConnections();
      }),
  );
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}
