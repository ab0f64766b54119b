// Where tests put their folders. A test with an embedded store copies a thousand files, and each story starts one: in memory that takes a
// third of the time that it takes on a disk.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const memory = "/dev/shm";
const prefix = "codegen-test-";
const wantedBytes = 2 * 1024 ** 3;

/** Points TMPDIR of this process and its children into memory, where there is room and programs may run; removed when the process ends. */
export function useScratch() {
  if (process.env.TMPDIR !== undefined || process.platform !== "linux") return;
  const folder = open();
  if (folder === undefined) return;
  process.env.TMPDIR = folder;
  // Many processes of many tests compile the same files; half of a bot's start is that.
  process.env.NODE_COMPILE_CACHE ??= join(folder, "compiled");
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
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
