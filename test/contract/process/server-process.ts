import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { shortLivedWithStore } from "../../doubles/bundled.ts";

export const root = fileURLToPath(new URL("../../../", import.meta.url));

export interface ServerProcess {
  readonly pid: number;
  /** The fields of the first log line with this message, as soon as it is there. Throws when the process ends without it. */
  line(message: string): Promise<Record<string, unknown>>;
  stop(signal: NodeJS.Signals): void;
  /** Reads no more of what it says: what it writes then fails. */
  hangUp(): void;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string; ms: number }>;
}

/**
 * The server with exactly these variables (and what Node has compiled before), ended hard after 50 s.
 * @param program a bundle of the source, which starts with less work
 * @param cwd the directory that it is started in
 */
export function runServer(
  variables: Record<string, string>,
  program = join(root, "handlers/server.ts"),
  cwd = root,
): ServerProcess {
  const started = performance.now();
  const child = spawn(process.execPath, [...shortLivedWithStore, program], {
    cwd,
    env: { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...variables },
    timeout: 50_000,
    killSignal: "SIGKILL",
  });
  const lines: Record<string, unknown>[] = [];
  const more = new EventEmitter();
  let stdout = "";
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(JSON.parse(line) as Record<string, unknown>);
    more.emit("line");
  });
  const ended = once(child, "close").then(() => ({
    code: child.exitCode,
    stdout,
    stderr,
    ms: performance.now() - started,
  }));
  void ended.then(() => more.emit("line"));
  return {
    pid: child.pid ?? 0,
    async line(message) {
      for (;;) {
        const found = lines.find((fields) => fields["msg"] === message);
        if (found) return found;
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`it ended without "${message}": ${stderr}${stdout.slice(-2_000)}`);
        await once(more, "line");
      }
    },
    stop: (signal) => void child.kill(signal),
    hangUp: () => void child.stdout.destroy(),
    ended,
  };
}

/** Processes of this machine whose command line or environment holds the text. */
export async function processesWith(text: string): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const held = await Promise.all(
    pids.map(async (pid) => {
      const parts = await Promise.all(
        ["cmdline", "environ"].map((file) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "")),
      );
      return parts.some((part) => part.includes(text));
    }),
  );
  return pids.filter((_pid, index) => held[index]).map(Number);
}
