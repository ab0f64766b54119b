import { join } from "node:path";
import { checkout } from "./checkout.ts";
import type { Submodule } from "./extras.ts";
import { partsOf, withDirectory } from "./safe-directory.ts";

/**
 * Writes the files of a submodule's commit to its path below a directory that holds the files of the repository around it, and where nobody
 * else is at work yet. Submodules of the submodule stay empty.
 * @throws UserError when something else than an empty directory is there, or a link on the way
 */
export async function checkoutSubmodule(
  directory: string,
  path: string,
  { mirror, commit }: Submodule,
  signal: AbortSignal,
): Promise<void> {
  // A tree made by hand could have a link where the path wants a directory.
  await withDirectory(directory, partsOf(path), async () => {});
  await checkout({ mirror, treeish: commit, directory: join(directory, path), signal });
}
