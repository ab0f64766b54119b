import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findCgroups, sweepCgroups } from "./cgroups.ts";
import { isLeftover, ownedName } from "./owner.ts";
import { removeTree } from "./remove-tree.ts";

/**
 * Removes what dead bots left on this host: cgroups and temporary directories with our prefix. What belongs to a living
 * process, or to one of another container, stays. (Processes die with their bot, uid claims too.)
 * @returns the paths that were removed
 */
export async function sweepSandboxes(): Promise<readonly string[]> {
  const removed: string[] = [];
  const cgroups = await findCgroups(ownedName("sweep"));
  if (typeof cgroups !== "string") removed.push(...(await sweepCgroups(cgroups)));
  for (const name of (await readdir(tmpdir())).filter(isLeftover)) {
    const path = join(tmpdir(), name);
    // Another user's leftovers are that user's to remove.
    const gone = await removeTree(path).then(
      () => true,
      () => false,
    );
    if (gone) removed.push(path);
  }
  return removed;
}
