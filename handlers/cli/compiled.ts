/**
 * What Node has compiled of this program, kept (nodejs.org/api/module.html, "Module compile cache"), so that a command starts in half the time
 * from its second run on. In the user's own folder: who may write there may run anything as this user anyway.
 */
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

/** Has Node keep what it compiles from now on, and take what is kept. */
export function keepCompiled(): void {
  const folder = compiledFolder();
  if (folder !== null) enableCompileCache(folder);
}

/** Null for a user without a home, who waits a little longer. */
export function compiledFolder(): string | null {
  try {
    return join(homedir(), ".cache", "codegen", "compiled");
  } catch {
    return null;
  }
}
