import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { build } from "esbuild";
import { bundled } from "../../doubles/bundled.ts";
import { startPostgres } from "../../doubles/postgres.ts";
import { secret, send } from "../edge/client.ts";
import { root, runServer } from "./server-process.ts";

let program: string;
beforeAll(async () => {
  program = await bundled("server");
}, 60_000);

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
    const server = runServer(variables, program);
    const told = await server.line("ready");
    expect(told).toMatchObject({ role: "edge", queue: "postgres", store: "postgres" });
    const port = Number(told["port"]);
    expect(told["url"]).toBe(`http://127.0.0.1:${port}`);
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

  test("ends at SIGTERM also where nobody reads its log any more", async () => {
    const server = runServer(variables, program);
    await server.line("ready");
    server.hangUp();
    const start = performance.now();
    server.stop("SIGTERM");
    expect((await server.ended).code).toBe(0);
    expect(performance.now() - start).toBeLessThan(10_000);
  }, 60_000);

  test("says which address it cannot have", async () => {
    const taken = String((github.address() as AddressInfo).port);
    const { code, stderr } = await runServer({ ...variables, PORT: taken }, program).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Cannot listen on 127\.0\.0\.1:\d+: listen EADDRINUSE.*Choose another HOST or PORT\.\n$/);
  }, 60_000);
});

describe("a process that was told wrong things", () => {
  const stack = /\n\s+at /;

  test("says all that is missing, and exits with 1", async () => {
    const { code, stdout, stderr } = await runServer({}, program).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr.trimEnd().split("\n")).toEqual([
      "Cannot start, 3 things are wrong:",
      expect.stringContaining("APP_ID is missing"),
      expect.stringContaining("PRIVATE_KEY or PRIVATE_KEY_PATH is missing"),
      expect.stringContaining("WEBHOOK_SECRET is missing"),
    ]);
  }, 30_000);

  test("names every wrong value at once, with what is allowed", async () => {
    const { code, stdout, stderr } = await runServer(
      {
        CODEGEN_ROLE: "boss",
        APP_ID: "seven",
        PRIVATE_KEY: "no key",
        WEBHOOK_SECRET: "s",
        PORT: "70000",
        DATABASE_URL: "mysql://127.0.0.1/x",
        QUEUE_URL: "amqp://127.0.0.1",
        GITHUB_API_URL: "github",
        CODEGEN_MODEL: "best",
        LOG_LEVEL: "loud",
      },
      program,
    ).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    const [head, ...problems] = stderr.trimEnd().split("\n");
    expect(head).toBe(`Cannot start, ${problems.length} things are wrong:`);
    for (const name of [
      "CODEGEN_ROLE must be one of all, edge, worker",
      "APP_ID must be a whole number",
      "PRIVATE_KEY cannot be used",
      "PORT must be a whole number from 0 to 65535",
      "DATABASE_URL must be a URL that starts with postgres://",
      "QUEUE_URL must be a URL that starts with redis://",
      "GITHUB_API_URL must be a URL",
      "CODEGEN_MODEL must be openai-compatible:NAME",
      "LOG_LEVEL must be one of",
    ])
      expect(problems.filter((problem) => problem.startsWith(`  - ${name}`))).toHaveLength(1);
    expect(problems).toHaveLength(9);
    expect(stderr).not.toMatch(stack);
  }, 30_000);

  test.each([
    ["without a secret nothing listens", { WEBHOOK_SECRET: "" }, /WEBHOOK_SECRET is missing.*so nothing starts/],
    [
      "a worker without a store to share",
      { CODEGEN_ROLE: "worker" },
      /DATABASE_URL is missing: with CODEGEN_ROLE=worker/,
    ],
    ["a folder that is a file", { CODEGEN_DATA_DIR: "package.json" }, /package\.json.*Check CODEGEN_DATA_DIR/],
    [
      "a database that nobody serves",
      { DATABASE_URL: "postgres://u:word@127.0.0.1:1/x" },
      /127\.0\.0\.1:1.*DATABASE_URL/,
    ],
  ])(
    "%s: a sentence, exit code 1, no stack",
    async (_name, wrong, sentence) => {
      const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
      const sound = {
        APP_ID: "5",
        PRIVATE_KEY: privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
        WEBHOOK_SECRET: secret,
        GITHUB_API_URL: "http://127.0.0.1:9",
        PORT: "0",
      };
      const { code, stderr } = await runServer({ ...sound, ...wrong }, program).ended;
      expect(code).toBe(1);
      expect(stderr).toMatch(sentence);
      expect(stderr).not.toMatch(stack);
      expect(stderr).not.toContain("word");
    },
    30_000,
  );
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
