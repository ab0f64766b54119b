import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { promisify } from "node:util";
import { hostEnvironment } from "./command-line.ts";

/** Removes a directory that a command could write to, also where it has taken away its own permissions. */
export async function removeTree(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true }).catch(async () => {
    await promisify(execFile)("chmod", ["-R", "u+rwX", "--", directory], { env: hostEnvironment, timeout: 120_000 });
    await rm(directory, { recursive: true, force: true });
  });
}
