import { afterEach, describe, expect, test } from "@jest/globals";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from "node:net";
import { watchProgram, type Sign, type StartedProgram, type WatchOptions } from "../../../src/deploy/await-ready.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function listen(server: Server | TcpServer): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(async () => {
    server.close();
    if ("closeAllConnections" in server) server.closeAllConnections();
    await once(server, "close");
  });
  return (server.address() as AddressInfo).port;
}

/** An application of the host, in place of one in a sandbox. */
function program(script: string): StartedProgram {
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "pipe"] });
  closing.push(async () => void child.kill("SIGKILL"));
  const ended = once(child, "exit").then(([code, signal]) =>
    signal === null ? { end: "exited", code: code as number } : { end: "killed", code: null },
  );
  return { stdout: child.stdout, stderr: child.stderr, kill: () => void child.kill("SIGKILL"), ended };
}

const idle = "setInterval(() => {}, 1000)";

function watch(script: string, sign: Sign, more: Partial<WatchOptions> = {}) {
  return watchProgram(program(script), {
    sign,
    addressOf: async (port) => `http://127.0.0.1:${port}`,
    timeoutMs: 400,
    kept: 1_000,
    mostOutput: 100_000,
    signal: new AbortController().signal,
    ...more,
  });
}

describe("an application", () => {
  test("is ready when its path answers, also after it did not at first", async () => {
    let asked = 0;
    const port = await listen(createServer((_, answer) => answer.writeHead((asked += 1) < 3 ? 503 : 204).end()));
    const { ready } = watch(idle, { by: "http", path: "/health", port }, { timeoutMs: 10_000 });
    expect(await ready).toEqual({ end: "ready" });
    expect(asked).toBe(3);
  });

  test("is asked as somebody inside would ask, and followed nowhere", async () => {
    const seen: (string | undefined)[] = [];
    const port = await listen(
      createServer((asked, answer) => {
        seen.push(asked.url, asked.headers.host);
        answer.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
      }),
    );
    const options = { addressOf: async () => `http://127.0.0.1:${port}`, timeoutMs: 10_000 };
    expect(await watch(idle, { by: "http", path: "/a?b", port: 3000 }, options).ready).toEqual({ end: "ready" });
    expect(seen).toEqual(["/a?b", "127.0.0.1:3000"]);
  });

  test.each<[string, () => Promise<number>, object]>([
    [
      "answers with an error",
      () => listen(createServer((_, answer) => answer.writeHead(500).end())),
      { end: "answered", status: 500 },
    ],
    ["does not answer", () => listen(createServer(() => undefined)), { end: "silent" }],
    [
      "speaks something else",
      () => listen(createTcpServer((socket) => socket.resume().end("SSH-2.0\r\n"))),
      { end: "not-http" },
    ],
    ["closes each connection", () => listen(createTcpServer((socket) => socket.destroy())), { end: "closed" }],
    ["does not listen", async () => 1, { end: "closed" }],
  ])("that %s is not ready, and it is known why", async (_, open, seen) => {
    const port = await open();
    expect(await watch(idle, { by: "http", path: "/", port }).ready).toEqual({ end: "not-ready", seen });
  });

  test("is ready when its port takes connections, and not while a relay alone does", async () => {
    const port = await listen(createTcpServer((socket) => socket.resume()));
    expect(await watch(idle, { by: "port", port }).ready).toEqual({ end: "ready" });
    const relay = await listen(createTcpServer((socket) => socket.destroy()));
    expect(await watch(idle, { by: "port", port: relay }).ready).toEqual({
      end: "not-ready",
      seen: { end: "closed" },
    });
  });

  test.each([
    ["a text", "listening (on)", false],
    ["a pattern", "^listening .on. \\d+$", true],
  ])("is ready when %s stands in its log, however it comes", async (_, text, isPattern) => {
    const script = `process.stdout.write("x\\nlisten"); setTimeout(() => process.stderr.write("no\\n"), 50); setTimeout(() => console.log("ing (on) 3000"), 150); ${idle}`;
    const watched = watch(script, { by: "log", text, isPattern }, { timeoutMs: 10_000 });
    expect(await watched.ready).toEqual({ end: "ready" });
    expect(watched.ended).toBeNull();
  });

  test("is not ready when its log never says so", async () => {
    const watched = watch(`console.log("almost"); ${idle}`, { by: "log", text: "ready", isPattern: false });
    expect(await watched.ready).toEqual({ end: "not-ready", seen: null });
    expect(watched.tail()).toBe("almost\n");
  });

  test("that ends before it is ready is told with its exit code and the end of its log", async () => {
    const sign: Sign = { by: "http", path: "/", port: 1 };
    const watched = watch('console.error("no database"); process.exitCode = 3', sign, { timeoutMs: 20_000 });
    expect(await watched.ready).toEqual({ end: "ended", how: "exited", code: 3 });
    expect(watched.tail()).toBe("no database\n");
    expect(watched.ended).toEqual({ end: "exited", code: 3 });
  });

  test("that prints without end is stopped, and keeps the end of its log alone", async () => {
    const sign: Sign = { by: "port", port: 1 };
    const watched = watch('for (;;) require("fs").writeSync(1, "y".repeat(4096))', sign, { timeoutMs: 20_000 });
    expect(await watched.ready).toEqual({ end: "ended", how: "output-limit", code: null });
    expect(watched.tail()).toBe("y".repeat(1_000));
  });

  test("is waited for no longer when the run is stopped", async () => {
    const stop = new AbortController();
    const { ready } = watch(idle, { by: "port", port: 1 }, { signal: stop.signal, timeoutMs: 60_000 });
    stop.abort(new Error("a newer head"));
    await expect(ready).rejects.toThrow("a newer head");
  });
});
