import { launchOrThrow } from "../launcher.ts";
import { hostEnvironment } from "./host-environment.ts";

/**
 * Removes a directory that a command could write to, also where it has taken away its own permissions.
 * coreutils' rm goes by directory descriptors: a name that is swapped for a link on the way leads it nowhere.
 */
export async function removeTree(directory: string): Promise<void> {
  const run = (file: string, ...args: string[]) =>
    launchOrThrow({ file, args: [...args, "--", directory], env: hostEnvironment, timeoutMs: 120_000 });
  await run("rm", "-rf", "--one-file-system").catch(async () => {
    await run("chmod", "-R", "u+rwX");
    await run("rm", "-rf", "--one-file-system");
  });
}
