import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { launchOrThrow } from "../launcher.ts";
import { plainEnvironment } from "./git.ts";

/** Makes `<dataDir>/workspaces/<run id>`, empty: what an earlier attempt of the run left is removed. @returns its path */
export async function createWorkspace(dataDir: string, runId: string): Promise<string> {
  const directory = pathOf(dataDir, runId);
  await removeWorkspace(dataDir, runId);
  await mkdir(join(dataDir, "workspaces"), { recursive: true });
  await mkdir(directory, { mode: 0o700 });
  return directory;
}

/** Removes the directory of a run, whatever untrusted code left in it. Nothing happens when there is none. */
export async function removeWorkspace(dataDir: string, runId: string): Promise<void> {
  await removeDirectory(pathOf(dataDir, runId));
}

/** The same for any directory. */
export async function removeDirectory(directory: string): Promise<void> {
  // coreutils' rm goes by directory descriptors: a name that is swapped for a link on the way leads it nowhere.
  const run = (file: string, ...args: string[]) =>
    launchOrThrow({ file, args: [...args, "--", directory], env: plainEnvironment, timeoutMs: 300_000 });
  await run("rm", "-rf", "--one-file-system").catch(async (error: unknown) => {
    if ((await stat(directory).catch(() => undefined)) === undefined) throw error;
    // A command may have taken away permissions of its own directories.
    await run("chmod", "-R", "u+rwX");
    await run("rm", "-rf", "--one-file-system");
  });
}

/** Removes the directories of all runs that `isLive` does not know. @returns the run ids whose directories went */
export async function sweepWorkspaces(
  dataDir: string,
  isLive: (runId: string) => boolean | Promise<boolean>,
): Promise<readonly string[]> {
  const removed: string[] = [];
  const found = await readdir(join(dataDir, "workspaces")).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  for (const runId of found.filter((name) => runIds.test(name))) {
    if (await isLive(runId)) continue;
    await removeWorkspace(dataDir, runId);
    removed.push(runId);
  }
  return removed;
}

const runIds = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

function pathOf(dataDir: string, runId: string): string {
  if (!runIds.test(runId)) throw new RangeError(`not the id of a run: ${JSON.stringify(runId.slice(0, 80))}`);
  return join(dataDir, "workspaces", runId);
}
