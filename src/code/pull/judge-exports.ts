import { findUnusedExports, type FileGraph, type UnusedExport } from "../graph/file-graph.ts";
import { shortHash, type PlacedFinding } from "./placed-finding.ts";

/**
 * Exports that somebody took in the base and nobody takes in the head. Without a base all that nobody takes, but for files that no other imports:
 * those are taken from outside, by a framework or a person. What packages give to others is among them.
 */
export function judgeExports(
  base: FileGraph | null,
  head: FileGraph,
  renamed: ReadonlyMap<string, string>,
): readonly PlacedFinding[] {
  const now = findUnusedExports(head, new Set()).filter((each) => !isType(head, each));
  if (base === null) return now.filter(({ path }) => head.incoming.has(path)).map(findingOf);
  const taken = takenBefore(base, now, renamed);
  return now.filter((each) => taken.has(each)).map(findingOf);
}

/** A type is given by name along with what uses it, imported or not. */
function isType({ files }: FileGraph, { path, name }: UnusedExport): boolean {
  return files.get(path)?.exports.some((each) => each.name === name && each.typeOnly) === true;
}

/** Which of them the base had, and used. */
function takenBefore(
  base: FileGraph,
  now: readonly UnusedExport[],
  renamed: ReadonlyMap<string, string>,
): ReadonlySet<UnusedExport> {
  if (now.length === 0) return new Set();
  const unused = new Set(findUnusedExports(base, new Set()).map(({ path, name }) => `${path}\n${name}`));
  return new Set(
    now.filter(({ path, name }) => {
      const old = renamed.get(path) ?? path;
      const had = base.files.get(old)?.exports.some((each) => each.name === name) === true;
      return had && !unused.has(`${old}\n${name}`);
    }),
  );
}

function findingOf({ path, name, line }: UnusedExport): PlacedFinding {
  const what = name === "default" ? "The default export" : `\`${name}\``;
  return {
    path,
    rule: "dependencies/unused-export",
    severity: "notice",
    startLine: line,
    endLine: line,
    message: `${what} is exported, and no file of the repository imports it. Remove it, or only the \`export\`.`,
    symbol: name,
    anchor: shortHash(name),
  };
}
