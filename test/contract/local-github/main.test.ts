import { afterEach, describe, expect, test } from "@jest/globals";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../doubles/github/main.ts", import.meta.url));

const started: ChildProcess[] = [];
const folders: string[] = [];

afterEach(async () => {
  for (const child of started.splice(0))
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  for (const left of folders.splice(0)) await rm(left, { recursive: true, force: true });
});

function run(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  started.push(child);
  return child;
}

/** Runs it to its end. */
async function outcome(...args: string[]): Promise<{ code: unknown; out: string; err: string }> {
  const child = run(...args);
  let [out, err] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, "close")) as unknown[];
  return { code, out, err };
}

/** Waits for the line of JSON. Throws when it ends before. */
async function ready(child: ChildProcess): Promise<{ url: string; admin: string; data: string }> {
  if (!child.stdout) throw new Error("no output to read");
  for await (const line of createInterface({ input: child.stdout })) {
    return JSON.parse(line) as { url: string; admin: string; data: string };
  }
  throw new Error("it ended before it was ready");
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "local-github-main-"));
  folders.push(made);
  return made;
}

describe("npm run github", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "prints one line of JSON when ready and ends cleanly on %s",
    async (signal) => {
      const child = run("--port", "0");
      const { url, admin, data } = await ready(child);
      expect(admin).toBe(`${url}/_admin`);
      const page = await fetch(url, { headers: { accept: "text/html" } });
      expect(await page.text()).toContain("Local GitHub");
      child.kill(signal);
      expect(await once(child, "close")).toEqual([0, null]);
      await expect(access(data)).rejects.toThrow("ENOENT");
    },
  );

  test("keeps its state in the data folder over a restart", async () => {
    const data = join(await folder(), "deep", "er");
    const first = run("--data", data);
    const { url, admin, data: told } = await ready(first);
    expect(told).toBe(data);
    const made = await fetch(`${admin}/users`, { method: "POST", body: JSON.stringify({ login: "ada" }) });
    const { token } = (await made.json()) as { token: string };
    const headers = { authorization: `Bearer ${token}` };
    await fetch(`${url}/user/repos`, {
      method: "POST",
      headers,
      body: JSON.stringify({ name: "shop", auto_init: true }),
    });
    first.kill("SIGTERM");
    await once(first, "close");
    const second = run("--data", data);
    const again = await ready(second);
    const answer = await fetch(`${again.url}/repos/ada/shop/readme`, { headers });
    expect(answer.status).toBe(200);
    second.kill("SIGTERM");
    expect(await once(second, "close")).toEqual([0, null]);
  });

  test("--help explains itself", async () => {
    const { code, out } = await outcome("--help");
    expect(code).toBe(0);
    expect(out).toContain("usage: npm run github -- [options]");
  });

  test("a taken port, a folder that is none, and wrong options are one sentence and exit code 1", async () => {
    const other = createServer();
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" && address ? String(address.port) : "";
    const taken = await outcome("--port", port);
    other.close();
    expect(taken).toMatchObject({ code: 1, out: "" });
    expect(taken.err).toBe(`Port ${port} is taken by another process. Choose another with --port, or 0 for any.\n`);
    const file = join(await folder(), "file");
    await writeFile(file, "");
    const blocked = await outcome("--data", file);
    expect(blocked.code).toBe(1);
    expect(blocked.err).toMatch(/^The data folder .*file cannot be written: .* Choose another with --data\.\n$/);
    expect((await outcome("--port", "http")).err).toMatch(/^--port http is no number from 0 to 65535\n/);
    expect((await outcome("--wat")).err).toMatch(/Unknown option '--wat'/);
  });
});
