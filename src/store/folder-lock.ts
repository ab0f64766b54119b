import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import type { Clock } from "../clock.ts";
import { StartError } from "../errors.ts";

interface Holder {
  pid: number;
  /** When the kernel started the process (clock ticks since boot): tells a pid that was given to somebody else. */
  started: string;
  host: string;
  since: string;
  id: string;
}

const beatMs = 10_000;
const deadAfterMs = 30_000;

/**
 * Takes a folder for this process alone, by a file beside it. A lock left by a dead process is taken over.
 * On another host (a shared volume) a process cannot be looked up: there the file's age decides, which the holder keeps young.
 * @param path the lock file
 * @returns releases the lock
 * @throws StartError that names the process which has it
 */
export function lockFolder(path: string, folder: string, clock: Clock): () => void {
  const mine: Holder = {
    pid: process.pid,
    started: startOf(process.pid) ?? "",
    host: hostname(),
    since: clock.now().toISOString(),
    id: randomUUID(),
  };
  const draft = `${path}.${mine.id}`;
  writeFileSync(draft, JSON.stringify(mine), { flag: "wx", mode: 0o600 });
  try {
    take(path, draft, folder);
  } finally {
    rmSync(draft, { force: true });
  }
  const beat = setInterval(() => touch(path), beatMs);
  beat.unref();
  return () => {
    clearInterval(beat);
    if (read(path)?.id === mine.id) rmSync(path, { force: true });
  };
}

/** A link appears whole or not at all, so nobody ever reads half a lock. */
function take(path: string, draft: string, folder: string): void {
  for (let tries = 0; tries < 5; tries++) {
    if (link(draft, path)) return;
    const holder = read(path);
    if (holder !== null && isAlive(holder, path))
      throw new StartError(
        `The embedded store in ${folder} is in use by process ${holder.pid} on ${holder.host} (since ${holder.since}). Stop that process, give this one its own CODEGEN_DATA_DIR, or use DATABASE_URL: the embedded store takes one process only.`,
      );
    setAside(path, holder);
  }
  throw new StartError(
    `The lock ${path} of the embedded store cannot be taken: other processes are starting too. Try again.`,
  );
}

/** Renaming has one winner. Whoever finds that he took away a new lock instead of the dead one puts it back. */
function setAside(path: string, dead: Holder | null): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  if (read(aside)?.id !== dead?.id) link(aside, path);
  rmSync(aside, { force: true });
}

function isAlive(holder: Holder, path: string): boolean {
  if (holder.host !== hostname()) return ageOf(path) < deadAfterMs;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // Not allowed to signal it means that it is there.
    if (codeOf(error) === "ESRCH") return false;
  }
  const started = startOf(holder.pid);
  return started === undefined || started === holder.started;
}

/** Field 22 of /proc/PID/stat, counted after the name, which may hold blanks and brackets. See proc_pid_stat(5). */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

function read(path: string): Holder | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return isHolder(value) ? value : null;
  } catch {
    return null;
  }
}

function isHolder(value: unknown): value is Holder {
  return typeof value === "object" && value !== null && "pid" in value && Number.isInteger(value.pid) && "id" in value;
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

function touch(path: string): void {
  try {
    const time = new Date();
    utimesSync(path, time, time);
  } catch {
    // The folder is gone; the store will say so itself.
  }
}

function ageOf(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return Infinity;
  }
}

function codeOf(error: unknown): string | undefined {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : undefined;
}
