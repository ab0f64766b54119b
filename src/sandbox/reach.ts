import { stat } from "node:fs/promises";
import { dirname } from "node:path";

/** Whether a uid without any group of the host may walk to a path: each directory above it must let others pass. */
export async function isReachable(path: string, uid: number): Promise<boolean> {
  for (let at = dirname(path); ; at = dirname(at)) {
    const { mode, uid: owner } = await stat(at);
    if ((mode & (owner === uid ? 0o100 : 0o001)) === 0) return false;
    if (at === "/") return true;
  }
}
