/** Files that a command writes about itself. Anybody may have written them: one that cannot be read is told, not trusted. */
import { minimatch } from "minimatch";
import { UserError } from "../../src/errors.ts";
import type { Workbench } from "../workbench.ts";

export interface Unread {
  readonly path: string;
  readonly reason: string;
}

type Files = Pick<Workbench["workspace"], "list" | "read" | "remove">;

/** Bytes of one file, and of all of a pattern. */
const most = { listed: 20_000, files: 2_000, bytes: 10_000_000, all: 30_000_000 };

/**
 * Removes what an earlier command, an earlier try or the commit itself left there: it is no result of this one.
 * @returns what could not be removed, by path with the reason, and must not be read
 */
export async function removeReports(patterns: readonly string[], files: Files): Promise<ReadonlyMap<string, string>> {
  const left = new Map<string, string>();
  for (const pattern of patterns)
    for (const path of (await find(pattern, files)).paths)
      await files.remove(path).catch((error: unknown) => {
        if (!(error instanceof UserError)) throw error;
        if (!isMissing(error)) left.set(path, error.message);
      });
  return left;
}

/**
 * Reads the files that a pattern names, one after the other.
 * @param left what `removeReports` gave back
 * @param take throws a UserError for what is no report
 * @returns those that could not be read, with the reason
 */
export async function readReports(
  pattern: string,
  files: Files,
  left: ReadonlyMap<string, string>,
  take: (text: string, path: string) => void | Promise<void>,
): Promise<readonly Unread[]> {
  const { paths, cut } = await find(pattern, files);
  const unread: Unread[] = [];
  if (cut !== null) unread.push({ path: pattern, reason: cut });
  if (paths.length === 0 && cut === null) unread.push({ path: pattern, reason: "the command wrote no such file." });
  let room = most.all;
  for (const path of paths) {
    try {
      const old = left.get(path);
      if (old !== undefined) throw new UserError(`It was there before the command ran, and stayed: ${old}`);
      if (room <= 0) throw new UserError(`All reports together are larger than ${most.all} bytes.`);
      const text = await files.read(path, { most: Math.min(most.bytes, room) });
      room -= text.length;
      await take(text, path);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      unread.push({ path, reason: isMissing(error) ? "the command wrote no such file." : error.message });
    }
  }
  return unread;
}

function isMissing({ cause }: UserError): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "ENOENT";
}

async function find(pattern: string, files: Files): Promise<{ paths: readonly string[]; cut: string | null }> {
  if (!/[*?[\]{}()!+@\\]/.test(pattern)) return { paths: [pattern], cut: null };
  // The folder may not be there.
  const listed = await files.list(folderOf(pattern), most.listed).catch((error: unknown) => {
    if (error instanceof UserError) return [];
    throw error;
  });
  const paths = listed.filter((path) => minimatch(path, pattern, { dot: true }));
  if (listed.length >= most.listed)
    return { paths: paths.slice(0, most.files), cut: `more than ${most.listed} files were to be looked through.` };
  if (paths.length > most.files)
    return { paths: paths.slice(0, most.files), cut: `${paths.length} files match, of which ${most.files} are read.` };
  return { paths, cut: null };
}

/** What of a pattern is a folder: there is no need to look anywhere else. */
function folderOf(glob: string): string {
  const parts = glob.split("/").slice(0, -1);
  const open = parts.findIndex((part) => /[*?[\]{}()!+@\\]/.test(part));
  return parts.slice(0, open === -1 ? parts.length : open).join("/");
}
