/** What the resolution of imports has to know of a repository: its paths, and the few files that say what names mean. */
import { posix } from "node:path";

export interface RepositoryFiles {
  /** Every file of the commit. */
  readonly paths: ReadonlySet<string>;
  /** The text of a file that says what names mean (`isManifest`); undefined for others. */
  manifest(path: string): string | undefined;
}

/** Files that are needed besides the code itself. */
export function isManifest(path: string): boolean {
  return /(?:^|\/)(?:package\.json|(?:ts|js)config(?:\.\w+)*\.json|go\.mod)$/.test(path) && !isForeign(path);
}

/** Code that somebody else wrote and that lies here for convenience, or that was built. */
export function isForeign(path: string): boolean {
  return /(?:^|\/)(?:node_modules|bower_components|vendor|third_party|site-packages|\.venv|venv|dist|build|out|target)\//.test(
    path,
  );
}

/** The folders above a file, the nearest first; the top is the empty text. */
export function foldersAbove(path: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = folderOf(path); folder !== ""; folder = folderOf(folder)) folders.push(folder);
  return [...folders, ""];
}

/** The nearest of them. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** Joins as a path of the repository; null for what leads out of it. */
export function within(folder: string, path: string): string | null {
  const joined = posix.join(folder === "" ? "." : folder, path);
  if (joined === ".." || joined.startsWith("../") || joined.startsWith("/")) return null;
  return joined === "." ? "" : joined.replace(/\/$/, "");
}
