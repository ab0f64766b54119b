import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "./free-port.ts";

export interface RedisServer {
  readonly url: string;
  /** Freezes the server: it keeps its connections and answers nothing. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

/**
 * A real redis-server on loopback with its own folder.
 * @param settings more command-line settings, e.g. `["--maxmemory-policy", "allkeys-lru"]`
 */
export async function startRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), "codegen-redis-"));
  const port = await freePort();
  const place = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder];
  const server = spawn("redis-server", [...place, "--save", "", "--appendonly", "yes", ...settings], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const killServer = (): void => void server.kill("SIGKILL");
  process.once("exit", killServer);
  const exited = once(server, "exit");
  const lines: string[] = [];
  let ready = false;
  for await (const line of createInterface({ input: server.stdout })) {
    lines.push(line);
    ready = line.includes("Ready to accept connections");
    if (ready) break;
  }
  if (!ready) throw new Error(`redis-server did not start:\n${lines.join("\n")}`);
  server.stdout.resume();
  return {
    url: `redis://127.0.0.1:${port}`,
    freeze: () => void server.kill("SIGSTOP"),
    thaw: () => void server.kill("SIGCONT"),
    async close() {
      process.off("exit", killServer);
      if (server.exitCode === null && server.signalCode === null) {
        server.kill("SIGCONT");
        server.kill("SIGKILL");
        await exited;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}
