import { posix } from "node:path";
import { readCobertura } from "./cobertura.ts";
import type { CoverageRecords } from "./coverage.ts";
import { readLcov } from "./lcov.ts";

/** How many of a report's files are looked for, to learn where its paths begin. */
const samples = 5;
/** So many folders above a report are tried. */
const deepest = 6;

/**
 * A coverage report, LCOV or Cobertura as its content says. Tools that run in a package of a repository write paths that begin there, so paths
 * whose files are not in the workspace are tried from the folders above the report.
 * @param path of the report in the workspace
 * @param exists whether the workspace has a file
 * @throws {UserError} when it is none, or broken
 */
export async function readCoverageReport(
  text: string,
  path: string,
  exists: (file: string) => Promise<boolean>,
): Promise<CoverageRecords> {
  const read = (folder: string) => (/^\uFEFF?\s*</.test(text) ? readCobertura(text, folder) : readLcov(text, folder));
  const known = read(".");
  const some = spread(known.paths(), samples);
  const there = async (folder: string) => {
    const found = await Promise.all(some.map((file) => exists(posix.join(folder, file))));
    return found.filter(Boolean).length;
  };
  let best = { folder: ".", found: await there(".") };
  for (const folder of foldersAbove(path)) {
    if (best.found === some.length) break;
    const found = await there(folder);
    if (found > best.found) best = { folder, found };
  }
  return best.folder === "." ? known : read(best.folder);
}

/** The nearest first, without the top. */
function foldersAbove(path: string): readonly string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, at) => parts.slice(0, parts.length - at).join("/")).slice(0, deepest);
}

function spread<T>(all: readonly T[], count: number): readonly T[] {
  const step = Math.max(1, Math.floor(all.length / count));
  return all.filter((_, at) => at % step === 0).slice(0, count);
}
