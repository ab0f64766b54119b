import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { githubPart, readHealth } from "../../../handlers/http/health.ts";

let server: Server;
let asked = 0;
let status: number | "silent" = 200;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked += 1;
    if (request.url !== "/api/v3/meta") response.writeHead(501).end();
    else if (status !== "silent") response.writeHead(status).end("{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function github(): { part: () => Promise<unknown>; later: (seconds: number) => void } {
  let now = new Date("2026-01-01T00:00:00Z");
  const part = githubPart(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v3`, { now: () => now });
  return { part, later: (seconds) => (now = new Date(now.getTime() + seconds * 1_000)) };
}

test("GitHub is asked at most every 30 seconds, however often health is", async () => {
  const { part, later } = github();
  const before = asked;
  for (let index = 0; index < 10; index += 1) await readHealth({ part });
  expect(asked - before).toBe(1);
  later(30);
  await readHealth({ part });
  expect(asked - before).toBe(2);
});

test("a refusal is an answer; a server error, silence and nobody there are not", async () => {
  status = 403;
  expect(await readHealth({ github: github().part })).toMatchObject({ ok: true });
  status = 502;
  expect((await readHealth({ github: github().part })).parts["github"]?.error).toMatch(/answered 502$/);
  status = "silent";
  const start = performance.now();
  expect((await readHealth({ github: github().part })).ok).toBe(false);
  expect(performance.now() - start).toBeLessThan(15_000);
  const nobody = githubPart("http://127.0.0.1:1", { now: () => new Date() });
  expect((await readHealth({ github: nobody })).parts["github"]?.error).toContain("fetch failed");
});

test("one ill part does not hide the others, nor hold them up", async () => {
  const health = await readHealth({
    fine: async () => {},
    throws: () => {
      throw new Error("at once");
    },
    hangs: () => new Promise(() => {}),
  });
  expect(health).toMatchObject({
    ok: false,
    parts: {
      fine: { ok: true },
      throws: { ok: false, error: "at once" },
      hangs: { ok: false, error: "no answer within 2 s" },
    },
  });
});
