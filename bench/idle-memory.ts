import { spawn, type ChildProcess } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("../handlers/server.ts", import.meta.url));
const settleMs = 10_000;

/**
 * Resident memory of `npm start`'s process in MB, ten seconds after it is ready, with nothing to do. The data folder exists already: the
 * first start of an embedded store also makes the database, once.
 */
export async function idleMemory(variables: Readonly<Record<string, string>>): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "bench-idle-"));
  // Something must stand where GitHub is; nothing is asked of it but whether it is there.
  const github = createServer((_request, response) => response.end("{}")).listen(0, "127.0.0.1");
  try {
    await new Promise((resolve) => github.once("listening", resolve));
    const { privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs1", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    const env = {
      PATH: process.env.PATH ?? "",
      APP_ID: "1",
      PRIVATE_KEY: privateKey,
      WEBHOOK_SECRET: "bench",
      GITHUB_API_URL: `http://127.0.0.1:${(github.address() as AddressInfo).port}`,
      PORT: "0",
      CODEGEN_DATA_DIR: folder,
      ...variables,
    };
    await stop(await startBot(env));
    const bot = await startBot(env);
    try {
      await new Promise((resolve) => setTimeout(resolve, settleMs));
      return await residentMb(bot.pid ?? 0);
    } finally {
      await stop(bot);
    }
  } finally {
    github.closeAllConnections();
    github.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function startBot(env: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(process.execPath, [entry], { env, stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the bot ended with exit code ${code} before it was ready`)));
    createInterface(child.stdout).on("line", (line) => {
      if (line.includes('"msg":"ready"')) resolve(child);
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await gone;
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
}
