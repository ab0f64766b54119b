import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { build } from "esbuild";
import { startPostgres } from "../../doubles/postgres.ts";
import { secret, send } from "./client.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

interface ServerProcess {
  /** The fields of a log line by its message, as soon as it is there. */
  line(message: string): Promise<Record<string, unknown>>;
  stop(signal: NodeJS.Signals): void;
  readonly ended: Promise<{ code: number | null; stderr: string }>;
}

function run(variables: Record<string, string>): ServerProcess {
  const child = spawn(process.execPath, ["handlers/server.ts"], { cwd: root, env: variables, timeout: 40_000 });
  const lines: Record<string, unknown>[] = [];
  const more = new EventEmitter();
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(JSON.parse(line) as Record<string, unknown>);
    more.emit("line");
  });
  const ended = once(child, "close").then(() => ({ code: child.exitCode, stderr }));
  void ended.then(() => more.emit("line"));
  return {
    async line(message) {
      for (;;) {
        const found = lines.find((fields) => fields["msg"] === message);
        if (found) return found;
        if (child.exitCode !== null) throw new Error(`it ended without "${message}": ${stderr}`);
        await once(more, "line");
      }
    },
    stop: (signal) => void child.kill(signal),
    ended,
  };
}

describe("an edge on PostgreSQL", () => {
  let postgres: Awaited<ReturnType<typeof startPostgres>>;
  let github: Server;
  let variables: Record<string, string>;

  beforeAll(async () => {
    postgres = await startPostgres();
    github = createServer((_request, response) => response.writeHead(403).end()).listen(0, "127.0.0.1");
    await once(github, "listening");
    variables = {
      CODEGEN_ROLE: "edge",
      APP_ID: "5",
      WEBHOOK_SECRET: secret,
      DATABASE_URL: postgres.url,
      GITHUB_API_URL: `http://127.0.0.1:${(github.address() as AddressInfo).port}`,
      PORT: "0",
    };
  }, 60_000);
  afterAll(async () => {
    github.close();
    await postgres.close();
  });

  test("starts without a key, takes deliveries, says how it is, and ends at SIGTERM with 0", async () => {
    const server = run(variables);
    const told = await server.line("ready");
    expect(told).toMatchObject({ role: "edge", queue: "postgres", store: "postgres" });
    const port = Number(told["port"]);
    expect(await send({ port })).toMatchObject({ status: 202 });
    const health = await fetch(`http://127.0.0.1:${port}/health`);
    expect(await health.json()).toMatchObject({
      ok: true,
      parts: { store: { ok: true }, queue: { ok: true }, github: { ok: true } },
    });
    const start = performance.now();
    server.stop("SIGTERM");
    expect((await server.ended).code).toBe(0);
    expect(performance.now() - start).toBeLessThan(10_000);
  }, 60_000);

  test("says which address it cannot have", async () => {
    const taken = String((github.address() as AddressInfo).port);
    const { code, stderr } = await run({ ...variables, PORT: taken }).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Cannot listen on 127\.0\.0\.1:\d+: listen EADDRINUSE.*Choose another HOST or PORT\.\n$/);
  }, 60_000);
});

test("a process with nothing set says all that is missing, and exits with 1", async () => {
  const { code, stderr } = await run({}).ended;
  expect(code).toBe(1);
  expect(stderr.trimEnd().split("\n")).toEqual([
    "Cannot start, 3 things are wrong:",
    expect.stringContaining("APP_ID is missing"),
    expect.stringContaining("PRIVATE_KEY or PRIVATE_KEY_PATH is missing"),
    expect.stringContaining("WEBHOOK_SECRET is missing"),
  ]);
});

test("an edge loads nothing of the worker", async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["handlers/server.ts"],
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    packages: "external",
    external: ["../pipelines/main.ts"],
    metafile: true,
    logLevel: "silent",
  });
  const heavy = /^pipelines\/(?!jobs|queue)|^src\/(?:agents|browser|code|config|github|sandbox|workspace)\//;
  expect(Object.keys(metafile.inputs).filter((path) => heavy.test(path))).toEqual([]);
  expect(Object.keys(metafile.inputs)).toContain("handlers/github/ingress.ts");
});
