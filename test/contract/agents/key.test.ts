import { createServer, type RequestListener } from "node:http";
import { describe, expect, test } from "@jest/globals";
import { createModelBackend } from "../../../src/agents/model-loop.ts";
import type { Log } from "../../../src/log.ts";
import { memoryWorkspace } from "../../doubles/model/memory-workspace.ts";
import { key, plan, planTask, session, withModel } from "./story.ts";

describe("the operator's key", () => {
  const answers: [string, number, (sent: string) => string][] = [
    [
      "in an error's text",
      401,
      (sent) => JSON.stringify({ error: { message: `Incorrect API key provided: ${sent}`, code: sent } }),
    ],
    ["in the refusal of a request", 400, (sent) => JSON.stringify({ error: { message: `bad request with ${sent}` } })],
    ["in a page", 500, (sent) => `<html>${sent}</html>`],
    ["in an answer that cannot be read", 200, (sent) => `{"choices": "${sent}"}`],
    ["in half an answer", 200, (sent) => `{"choices": [{"message": "${sent}`],
  ];

  test.each(answers)("that a server repeats %s reaches neither the person nor the log", async (_name, status, body) => {
    const echo: RequestListener = (request, response) => {
      request.resume();
      response
        .writeHead(status, { "content-type": "application/json" })
        .end(body(String(request.headers.authorization)));
    };
    await listening(echo, async (url) => {
      const { log, lines } = recordingLog();
      const backend = createModelBackend({
        model: "openai-compatible:m",
        url,
        key,
        log,
        limits: { retryTotalMs: 300 },
      });
      const outcome = await backend.plan(planTask, memoryWorkspace({}), session());
      expect(outcome).toMatchObject({ end: expect.stringMatching(/^(unavailable|nonsense)$/) });
      expect(JSON.stringify(outcome) + lines.join("\n")).not.toContain(key);
      expect(JSON.stringify(outcome) + lines.join("\n")).not.toContain("127.0.0.1");
    });
  });

  test("is sent to the server alone: a redirect is not followed", async () => {
    await withModel([{ calls: [{ tool: "finish", input: plan }] }], async (elsewhere) => {
      const redirect: RequestListener = (request, response) => {
        request.resume();
        response.writeHead(307, { location: `${elsewhere.url}/chat/completions` }).end();
      };
      await listening(redirect, async (url) => {
        const { log } = recordingLog();
        const backend = createModelBackend({
          model: "openai-compatible:m",
          url,
          key,
          log,
          limits: { retryTotalMs: 0 },
        });
        expect(await backend.plan(planTask, memoryWorkspace({}), session())).toMatchObject({ end: "unavailable" });
        expect(elsewhere.requests()).toEqual([]);
      });
    });
  });

  test("is named where Gemini does not know it, which it tells with a status of its own", async () => {
    const details = [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID" }];
    const error = { code: 400, message: "API key not valid. Please pass a valid API key.", status: "INVALID_ARGUMENT" };
    const refuse: RequestListener = (request, response) => {
      request.resume();
      response
        .writeHead(400, { "content-type": "application/json" })
        .end(JSON.stringify({ error: { ...error, details } }));
    };
    await listening(refuse, async (url) => {
      const { log } = recordingLog();
      const backend = createModelBackend({ model: "google:gemini-3-flash", url, key, log });
      expect(await backend.plan(planTask, memoryWorkspace({}), session())).toMatchObject({
        end: "unavailable",
        reason: expect.stringContaining("refuses the key"),
      });
    });
  });

  test("goes into the header that the provider wants", async () => {
    for (const [provider, header, value] of [
      ["openai-compatible", "authorization", `Bearer ${key}`],
      ["anthropic", "x-api-key", key],
      ["google", "x-goog-api-key", key],
    ] as const) {
      await withModel([{ calls: [{ tool: "finish", input: plan }] }], async (model) => {
        const { log } = recordingLog();
        const backend = createModelBackend({ model: `${provider}:unknown-model`, url: model.url, key, log });
        expect(await backend.plan(planTask, memoryWorkspace({}), session())).toMatchObject({
          end: "done",
          usage: { priced: false, usd: 0 },
        });
        expect(model.requests()[0]?.headers[header]).toBe(value);
      });
    }
  });
});

async function listening(listener: RequestListener, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  try {
    await use(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/v1`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

function recordingLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const note = (...parts: unknown[]) => void lines.push(JSON.stringify(parts));
  const log: Log = {
    debug: note,
    info: note,
    warn: note,
    error: note,
    fatal: note,
    child: () => {
      throw new Error("no child is needed");
    },
  };
  return { log, lines };
}
