import { generateKeyPairSync } from "node:crypto";
import { resolve } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { readEnv, readLocalEnv, webUrlOf, withPort } from "../../src/env.ts";
import { StartError } from "../../src/errors.ts";

const { privateKey: pem } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const least = { APP_ID: "7", PRIVATE_KEY: pem, WEBHOOK_SECRET: "now" };

function refusal(source: Record<string, string>, place?: "function"): string {
  try {
    readEnv(source, place);
  } catch (error) {
    if (error instanceof StartError) return error.message;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("the variables of the process", () => {
  test("have safe defaults", () => {
    expect(readEnv(least)).toMatchObject({
      role: "all",
      appId: 7,
      webhookSecrets: ["now"],
      githubApiUrl: "https://api.github.com",
      githubWebUrl: "https://github.com",
      host: "127.0.0.1",
      port: 3000,
      publicUrl: "http://127.0.0.1:3000",
      dataDir: resolve(".codegen"),
      sandbox: { kind: "bubblewrap", image: "node:24-trixie", dockerSocket: "/var/run/docker.sock" },
      databaseUrl: null,
      queueUrl: null,
      quotaMinutes: null,
      model: null,
      logLevel: "info",
    });
  });

  test("pages are at the port that 0 has come to stand for, unless PUBLIC_URL says where", () => {
    const free = { ...least, PORT: "0" };
    expect(withPort(readEnv(free), 4711)).toMatchObject({ port: 4711, publicUrl: "http://127.0.0.1:4711" });
    expect(withPort(readEnv({ ...free, HOST: "::" }), 4711).publicUrl).toBe("http://localhost:4711");
    const away = { ...free, PUBLIC_URL: "https://bot.example" };
    expect(withPort(readEnv(away), 4711)).toMatchObject({ port: 4711, publicUrl: "https://bot.example" });
  });

  test("a quota is a whole number of minutes, of which there is at least one", () => {
    expect(readEnv({ ...least, CODEGEN_QUOTA_MINUTES: "600" }).quotaMinutes).toBe(600);
    expect(refusal({ ...least, CODEGEN_QUOTA_MINUTES: "0" })).toContain(
      "CODEGEN_QUOTA_MINUTES must be a whole number from 1",
    );
  });

  test("an empty value is none", () => {
    expect(readEnv({ ...least, QUEUE_URL: "", PORT: " ", WEBHOOK_SECRET_PREVIOUS: "" })).toMatchObject({
      queueUrl: null,
      port: 3000,
      webhookSecrets: ["now"],
    });
  });

  test("an engine of containers is on this machine, where containers are what was chosen", () => {
    const far = { ...least, DOCKER_HOST: "tcp://10.0.0.7:2376" };
    expect(refusal({ ...far, CODEGEN_SANDBOX: "docker" })).toContain("DOCKER_HOST must be unix:///PATH");
    expect(readEnv(far).sandbox.kind).toBe("bubblewrap");
    const near = {
      CODEGEN_SANDBOX: "docker",
      DOCKER_HOST: "unix:///run/user/d.sock",
      CODEGEN_SANDBOX_IMAGE: "a/b@sha256:c",
    };
    expect(readEnv({ ...least, ...near }).sandbox).toEqual({
      kind: "docker",
      image: "a/b@sha256:c",
      dockerSocket: "/run/user/d.sock",
    });
    expect(refusal({ ...least, CODEGEN_SANDBOX: "chroot", CODEGEN_SANDBOX_IMAGE: "a b" })).toMatch(
      /CODEGEN_SANDBOX must be one of bubblewrap, docker\.[^]*CODEGEN_SANDBOX_IMAGE must be the name of an image/,
    );
  });

  test("a key may have its line ends written as \\n", () => {
    expect(readEnv({ ...least, PRIVATE_KEY: pem.replaceAll("\n", "\\n") }).privateKey).toBe(pem);
  });

  test("during a rotation both secrets count, the new one first", () => {
    expect(readEnv({ ...least, WEBHOOK_SECRET_PREVIOUS: "before" }).webhookSecrets).toEqual(["now", "before"]);
  });

  test("models that repositories may choose are those of one provider, each once", () => {
    const one = { ...least, CODEGEN_MODEL: "anthropic:large" };
    expect(readEnv(one).models).toEqual([]);
    expect(readEnv({ ...one, CODEGEN_MODELS: " anthropic:small, anthropic:tiny:2,,anthropic:small" }).models).toEqual([
      "anthropic:small",
      "anthropic:tiny:2",
    ]);
    expect(refusal({ ...one, CODEGEN_MODELS: "anthropic:small,google:big" })).toContain(
      "CODEGEN_MODELS names google:big, but address and key are those of anthropic:… in CODEGEN_MODEL.",
    );
    expect(refusal({ ...one, CODEGEN_MODELS: "small" })).toContain(
      "CODEGEN_MODELS must be a list of openai-compatible:",
    );
    expect(refusal({ ...least, CODEGEN_MODELS: "google:big" })).toContain("CODEGEN_MODEL is missing");
  });

  test("an account with the Codegen API has a token and an organisation", () => {
    expect(readEnv(least).codegenApi).toBeNull();
    const account = { CODEGEN_API_TOKEN: "secret-token", CODEGEN_API_ORG: "12" };
    expect(readEnv({ ...least, ...account }).codegenApi).toEqual({
      url: "https://api.codegen.com",
      token: "secret-token",
      org: 12,
    });
    expect(refusal({ ...least, CODEGEN_API_TOKEN: "secret-token" })).toContain("CODEGEN_API_ORG is missing");
    expect(refusal({ ...least, CODEGEN_API_ORG: "12" })).toContain("CODEGEN_API_TOKEN is missing");
    expect(refusal({ ...least, ...account, CODEGEN_API_ORG: "acme" })).toContain(
      "CODEGEN_API_ORG must be a whole number",
    );
  });

  test("an account for the Claude Agent SDK has a key and a model", () => {
    expect(readEnv(least).claude).toBeNull();
    const account = { CODEGEN_CLAUDE_KEY: "claude-key", CODEGEN_CLAUDE_MODEL: "claude-sonnet-5" };
    const direct = { url: "https://api.anthropic.com", key: "claude-key", model: "claude-sonnet-5" };
    expect(readEnv({ ...least, ...account }).claude).toEqual(direct);
    expect(readEnv({ ...least, ...account, CODEGEN_CLAUDE_URL: "http://gate/" }).claude?.url).toBe("http://gate");
    expect(refusal({ ...least, CODEGEN_CLAUDE_KEY: "claude-key" })).toContain("CODEGEN_CLAUDE_MODEL is missing");
    expect(refusal({ ...least, CODEGEN_CLAUDE_MODEL: "claude-sonnet-5" })).toContain("CODEGEN_CLAUDE_KEY is missing");
    expect(refusal({ ...least, ...account, CODEGEN_CLAUDE_MODEL: "a model" })).toContain(
      "CODEGEN_CLAUDE_MODEL must be the name of a model",
    );
  });

  test("hosts of private networks are checked as in .codegen.yml", () => {
    expect(readEnv({ ...least, CODEGEN_PRIVATE_HOSTS: "registry.corp:4873, *.Corp.example" }).privateHosts).toEqual([
      { host: "registry.corp", port: 4873 },
      { host: "*.corp.example", port: null },
    ]);
    expect(refusal({ ...least, CODEGEN_PRIVATE_HOSTS: "registry.corp,10.0.0.1" })).toContain(
      "CODEGEN_PRIVATE_HOSTS names 10.0.0.1, which must be the name of a host",
    );
  });

  test("every secret value is known to the redactor", () => {
    const env = readEnv({
      ...least,
      WEBHOOK_SECRET_PREVIOUS: "before",
      CODEGEN_MODEL_KEY: "model-key",
      CODEGEN_API_TOKEN: "api-token",
      CODEGEN_API_ORG: "12",
      CODEGEN_CLAUDE_KEY: "claude-key",
      CODEGEN_CLAUDE_MODEL: "claude-sonnet-5",
      DATABASE_URL: "postgres://u:p%40ss@h/db",
      QUEUE_URL: "redis://:100%25@h",
    });
    expect(new Set(env.secrets)).toEqual(
      new Set([pem, "now", "before", "model-key", "api-token", "claude-key", "p%40ss", "p@ss", "100%25", "100%"]),
    );
  });

  test("a worker needs no webhook secret, an edge no key", () => {
    const shared = { APP_ID: "7", DATABASE_URL: "postgres://h/db" };
    expect(readEnv({ ...shared, CODEGEN_ROLE: "worker", PRIVATE_KEY: pem }).webhookSecrets).toEqual([]);
    expect(readEnv({ ...shared, CODEGEN_ROLE: "edge", WEBHOOK_SECRET: "now" }).privateKey).toBeNull();
  });
});

describe("a start is refused", () => {
  test("with everything that is wrong, at once", () => {
    expect(refusal({ PORT: "99999", CODEGEN_ROLE: "boss", QUEUE_URL: "amqp://h" })).toMatchInlineSnapshot(`
     "Cannot start, 6 things are wrong:
       - CODEGEN_ROLE must be one of all, edge, worker.
       - PORT must be a whole number from 0 to 65535.
       - QUEUE_URL must be a URL that starts with redis:// or rediss:// or postgres:// or postgresql://.
       - APP_ID is missing: the number on the settings page of your GitHub App.
       - PRIVATE_KEY or PRIVATE_KEY_PATH is missing: the .pem file that your GitHub App gave you.
       - WEBHOOK_SECRET is missing: without it anybody could pretend to be GitHub, so nothing starts."
    `);
  });

  test("without a webhook secret", () => {
    expect(refusal({ APP_ID: "7", PRIVATE_KEY: pem })).toContain("WEBHOOK_SECRET is missing");
  });

  test.each([
    ["a previous secret alone", { WEBHOOK_SECRET: "", WEBHOOK_SECRET_PREVIOUS: "x" }, "WEBHOOK_SECRET is missing"],
    ["a key that is none", { PRIVATE_KEY: "hello" }, "PRIVATE_KEY cannot be used"],
    [
      "a key file that is not there",
      { PRIVATE_KEY: "", PRIVATE_KEY_PATH: "/nowhere/app.pem" },
      "ENOENT: no such file or directory",
    ],
    ["a key and a key file", { PRIVATE_KEY_PATH: "/nowhere/app.pem" }, "PRIVATE_KEY and PRIVATE_KEY_PATH are both set"],
    ["an App id that is no number", { APP_ID: "codegen" }, "APP_ID must be a whole number"],
    [
      "a model without its kind",
      { CODEGEN_MODEL: "gpt" },
      "CODEGEN_MODEL must be openai-compatible:NAME, anthropic:NAME or google:NAME",
    ],
    ["an edge on the embedded store", { CODEGEN_ROLE: "edge" }, "DATABASE_URL is missing: with CODEGEN_ROLE=edge"],
    ["a log level that is none", { LOG_LEVEL: "loud" }, "LOG_LEVEL must be one of trace, debug"],
  ])("with %s", (_name, change, expected) => {
    expect(refusal({ ...least, ...change })).toContain(expected);
  });

  test("of a function that would need the embedded queue", () => {
    expect(refusal({ APP_ID: "7", WEBHOOK_SECRET: "now" }, "function")).toContain(
      "QUEUE_URL is missing: a function cannot hold",
    );
  });

  test("and no secret is ever part of the sentence", () => {
    const text = refusal({
      ...least,
      PRIVATE_KEY: `${pem.slice(0, 200)}broken`,
      APP_ID: "x",
      DATABASE_URL: "mysql://u:hidden@h",
    });
    expect(text).not.toContain("hidden");
    expect(text).not.toContain(pem.slice(40, 80));
  });
});

test.each([
  ["https://api.github.com", "https://github.com"],
  ["https://ghes.example/api/v3", "https://ghes.example"],
  ["https://ghes.example:8443/api/v3/", "https://ghes.example:8443"],
  ["https://api.acme.ghe.com", "https://acme.ghe.com"],
  ["http://127.0.0.1:4000", "http://127.0.0.1:4000"],
  ["http://127.0.0.1:4000/api/v3", "http://127.0.0.1:4000"],
  ["https://api.example.com", "https://api.example.com"],
])("the web side of %s is %s", (api, web) => {
  expect(webUrlOf(api)).toBe(web);
});

describe("the variables of the command line", () => {
  test("are those of this host, and nothing of GitHub is needed", () => {
    expect(readLocalEnv({})).toMatchObject({ dataDir: resolve(".codegen"), snapshotBytes: null, logLevel: "error" });
    expect(
      readLocalEnv({ CODEGEN_DATA_DIR: "/data", CODEGEN_SNAPSHOT_BYTES: "5000", LOG_LEVEL: "debug" }),
    ).toMatchObject({
      dataDir: "/data",
      snapshotBytes: 5_000,
      logLevel: "debug",
    });
  });

  test("are refused all at once", () => {
    const wrong = { CODEGEN_SNAPSHOT_BYTES: "20GB", LOG_LEVEL: "loud" };
    expect(() => readLocalEnv(wrong)).toThrow(
      /CODEGEN_SNAPSHOT_BYTES must be a whole number[\s\S]*LOG_LEVEL must be one of/,
    );
  });
});
