import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { send } from "./client.ts";

const megabyte = 1024 * 1024;
let child: ChildProcess;
let port = 0;

beforeAll(async () => {
  child = spawn(process.execPath, [fileURLToPath(new URL("edge-child.ts", import.meta.url))], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  if (!child.stdout) throw new Error("no output");
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  port = Number(line.toString());
});
afterAll(async () => {
  const gone = once(child, "exit");
  child.stdin?.end();
  await gone;
});

/** The most memory that the process ever had, in bytes. */
async function peak(): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

interface Flood {
  readonly status: number;
  readonly sent: number;
}

/** Sends up to `bytes` without a signature that could be right, and stops as soon as it is answered. */
function flood(bytes: number, headers: Record<string, string>): Promise<Flood> {
  return new Promise((resolve, reject) => {
    const asked = request({
      host: "127.0.0.1",
      port,
      method: "POST",
      path: "/api/github/webhooks",
      agent: false,
      headers: {
        "content-type": "application/json",
        "x-github-delivery": "flood",
        "x-github-event": "push",
        "x-hub-signature-256": `sha256=${"0".repeat(64)}`,
        ...headers,
      },
    });
    const chunk = Buffer.alloc(64 * 1024, 0x20);
    let sent = 0;
    const answer = { came: false };
    asked.on("response", (response) => {
      answer.came = true;
      resolve({ status: response.statusCode ?? 0, sent });
      response.resume();
      asked.destroy();
    });
    asked.on("error", (error) => (answer.came ? undefined : reject(error)));
    const more = (): void => {
      while (!answer.came && sent < bytes) {
        sent += chunk.length;
        if (!asked.write(chunk)) return void asked.once("drain", more);
      }
      if (!answer.came) asked.end();
    };
    more();
  });
}

test("64 MB without a signature cost less than 40 MB of memory, and are refused at the cap", async () => {
  for (let index = 0; index < 20; index += 1) await send({ port });
  const before = await peak();
  const answer = await flood(64 * megabyte, { "transfer-encoding": "chunked" });
  expect(answer.status).toBe(413);
  // What is in the kernel's buffers has been sent, but was not read.
  expect(answer.sent).toBeLessThan(34 * megabyte);
  expect((await peak()) - before).toBeLessThan(40 * megabyte);
  expect(await send({ port })).toMatchObject({ status: 202 });
});

test("64 MB that are declared are refused before any of them is read", async () => {
  const before = await peak();
  const answer = await flood(64 * megabyte, { "content-length": String(64 * megabyte) });
  expect(answer.status).toBe(413);
  expect((await peak()) - before).toBeLessThan(8 * megabyte);
});

test("many large bodies at once share a limit, and an ordinary delivery still gets through", async () => {
  const floods = Array.from({ length: 12 }, () => flood(24 * megabyte, { "transfer-encoding": "chunked" }));
  const ordinary = await send({ port });
  const statuses = (await Promise.all(floods)).map(({ status }) => status);
  expect(ordinary.status).toBe(202);
  expect(statuses.every((status) => status === 401 || status === 503)).toBe(true);
  expect(await peak()).toBeLessThan(600 * megabyte);
});
