import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { mock } from "node:test";
import { launch, type Program, type ProgramEnd } from "../../../src/launcher.ts";
import { outputSync } from "../../support/run-sync.ts";

export const env = { PATH: "/usr/local/bin:/usr/bin:/bin" };

/** Runs a line of shell through the launcher. */
export function shell(script: string, more: Partial<Program> = {}): Promise<ProgramEnd> {
  return launch({ file: "sh", args: ["-c", script], env, timeoutMs: 20_000, ...more });
}

/** The pid of the small process: the parent of what it starts. */
export async function launcherPid(): Promise<number> {
  const { stdout } = await shell("echo $PPID");
  return Number(stdout.toString());
}

/** A program that lives for ten minutes with another in its group. Both hold a FIFO open, whose end tells that both are gone. */
export function longLiving() {
  const directory = mkdtempSync(join(tmpdir(), "codegen-launcher-"));
  const path = join(directory, "alive");
  outputSync("mkfifo", [path]);
  const reader = new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), writable: false });
  // Without any writer it would be at its end before the program has begun.
  const writer = openSync(path, constants.O_WRONLY);
  const lines = createInterface(reader);
  const gone = new Promise<void>((resolve) => reader.once("close", () => resolve()));
  const started = new Promise<number>((resolve) =>
    lines.once("line", (line) => {
      closeSync(writer);
      resolve(Number(line));
    }),
  );
  return {
    script: `exec 9>${path}; sleep 600 & echo $$ >&9; sleep 600; wait`,
    /** Its pid, when it lives. */
    started,
    gone,
    close() {
      reader.destroy();
      rmSync(directory, { recursive: true });
    },
  };
}

/** The launcher's timers by hand; programs and messages go on by themselves. */
export async function withClock<T>(work: (advance: (ms: number) => void) => Promise<T>): Promise<T> {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    return await work((ms) => mock.timers.tick(ms));
  } finally {
    mock.timers.reset();
  }
}
