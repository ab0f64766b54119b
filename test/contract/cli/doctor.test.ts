import { expect, test } from "@jest/globals";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDockerDouble } from "../../doubles/docker/engine.ts";
import { freePort } from "../../doubles/free-port.ts";
import { codegen } from "./codegen.ts";

test("`codegen doctor` tries every kind of sandbox, and ends as the chosen one does", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "codegen-cli-"));
  const engine = await startDockerDouble(["node:24-trixie"]);
  try {
    const here = { CODEGEN_DATA_DIR: dataDir, DOCKER_HOST: `unix://${engine.socketPath}` };
    const [both, without] = await Promise.all([
      codegen({ ...here, CODEGEN_SANDBOX: "docker" }, "doctor"),
      codegen({ ...here, CODEGEN_SANDBOX: "docker", CODEGEN_SANDBOX_IMAGE: "node:99" }, "doctor", "--json"),
    ]);
    expect(both).toMatchObject({ code: 0, err: "" });
    expect(both.out).toMatch(/^✓ docker .*20\.10.*; chosen$/m);
    expect(both.out).toMatch(/^✓ bubblewrap /m);
    expect(both.out).toMatch(/^✓ data folder +.*GB free$/m);
    expect(without.code).toBe(1);
    expect(JSON.parse(without.out)).toMatchObject({
      ok: false,
      sandboxes: [
        { name: "docker", chosen: true, ok: false, problems: [expect.stringContaining("docker pull node:99")] },
        { name: "bubblewrap", chosen: false, ok: true },
        { name: "process", chosen: false, limits: expect.stringContaining("as the bot's own user") },
      ],
    });
    expect(readdirSync(dataDir)).toEqual([]);
    expect([engine.odd, engine.containers]).toEqual([[], []]);
  } finally {
    await engine.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 40_000);

test("`codegen doctor` names what does not answer, and no password", async () => {
  const port = await freePort();
  const away = {
    DATABASE_URL: `postgres://me:hunter22@127.0.0.1:${port}/x`,
    QUEUE_URL: `redis://:hunter22@127.0.0.1:${port}`,
  };
  const { code, out } = await codegen({ ...away, CODEGEN_DATA_DIR: "/proc/none" }, "doctor");
  expect(code).toBe(0);
  for (const [name, variable] of [
    ["store", "DATABASE_URL"],
    ["queue", "QUEUE_URL"],
  ])
    expect(out).toMatch(new RegExp(`^✗ ${name} +127.*\\n +→ .*ECONNREFUSED.*correct ${variable}`, "m"));
  expect(out).toMatch(/^✗ data folder/m);
  expect(out).toContain("APP_ID is missing");
  expect(out).not.toContain("hunter22");
  expect(await codegen({}, "doctor", "please")).toMatchObject({ code: 2 });
}, 40_000);
