// Where tests put their folders. A test with an embedded store copies a thousand files, and each story starts one: in memory that takes a
// third of the time that it takes on a disk.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const memory = "/dev/shm";
const prefix = "codegen-test-";
const wantedBytes = 2 * 1024 ** 3;
const mostCompiled = 10_000;

/** Points TMPDIR of this process and its children into memory, where there is room and programs may run; removed when the process ends. */
export function useScratch() {
  process.env.NODE_COMPILE_CACHE ??= compiled();
  if (process.env.TMPDIR !== undefined || process.platform !== "linux") return;
  const folder = open();
  if (folder === undefined) return;
  process.env.TMPDIR = folder;
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
}

/**
 * Many processes of many tests compile the same files, and strip their types; half of a bot's start is that. What is the same as in the last
 * run need not be compiled in this one. Node never removes anything there, and files of one run alone come with each.
 */
function compiled() {
  const folder = fileURLToPath(new URL("../../node_modules/.cache/codegen-tests", import.meta.url));
  if (existsSync(folder) && readdirSync(folder, { recursive: true }).length > mostCompiled)
    rmSync(folder, { recursive: true, force: true });
  return folder;
}

function open() {
  let folder;
  try {
    const { bavail, bsize } = statfsSync(memory);
    if (bavail * bsize < wantedBytes) return undefined;
    removeLeftOvers();
    folder = mkdtempSync(join(memory, `${prefix}${process.pid}-`));
    // Servers and sandboxes of other users live below it.
    chmodSync(folder, 0o711);
    // Containers often mount it so that nothing in it can be executed.
    const probe = join(folder, "probe");
    writeFileSync(probe, "#!/bin/sh\n", { mode: 0o755 });
    execFileSync(probe);
    rmSync(probe);
    return folder;
  } catch {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
}

/** Of runs that were killed: memory does not come back by itself. */
function removeLeftOvers() {
  for (const name of readdirSync(memory)) {
    const [, pid] = /^codegen-test-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(memory, name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
