import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createGitHub } from "../../../src/github/client.ts";
import { isUnknownOutcome } from "../../../src/github/failures.ts";
import { silentLog } from "../../../src/log.ts";

// Real sockets, since what breaks here is below what nock can script.

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

let server: Server;
let asked: number;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  asked = 0;
  server = createServer((request, response) => {
    request.resume();
    if (request.url?.includes("/access_tokens")) {
      response.writeHead(201, { "content-type": "application/json" });
      response.end(JSON.stringify({ token: "ghs_test", expires_at: new Date(Date.now() + 3_600_000).toISOString() }));
      return;
    }
    asked += 1;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function write(): Promise<unknown> {
  const { port } = server.address() as AddressInfo;
  const apiUrl = `http://127.0.0.1:${port}`;
  const app = createGitHub({
    apiUrl,
    webUrl: apiUrl,
    appId: 1,
    privateKey,
    log: silentLog,
    redact: (text) => text,
    timeoutMs: 300,
  });
  const { write: request, at } = app.in({ installation: 1, id: 1, owner: "a", name: "b" }, { issues: "write" });
  try {
    return await request("POST /repos/{owner}/{repo}/issues", { ...at, title: "t" });
  } catch (error) {
    return error;
  }
}

describe("a write ends after its time, is sent once, and its outcome is unknown", () => {
  test.each<[string, typeof answer]>([
    ["no answer comes", () => {}],
    [
      "an answer begins and its body does not come",
      (_, response) => response.writeHead(201, { "content-type": "application/json" }).flushHeaders(),
    ],
    [
      "a body stops in the middle",
      (_, response) => response.writeHead(201, { "content-type": "application/json" }).write('{"number":'),
    ],
    ["the connection is cut before the answer", (request) => request.socket.destroy()],
    [
      "the connection is cut in the middle of the body",
      (request, response) => {
        response.writeHead(201, { "content-type": "application/json", "content-length": "100" });
        response.write('{"number":', () => request.socket.destroy());
      },
    ],
  ])("when %s", async (_, given) => {
    answer = given;
    const error = await write();
    expect(error).toMatchObject({ name: "HttpError", status: 500 });
    expect(isUnknownOutcome(error)).toBe(true);
    expect(asked).toBe(1);
  });
});
