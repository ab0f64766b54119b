import { findUnusedExports, passedOnBy, typesOf, type FileGraph, type UnusedExport } from "../graph/file-graph.ts";
import { shortHash, type PlacedFinding } from "./placed-finding.ts";

export interface ExportsToJudge {
  /** Null when there is none. */
  readonly base: FileGraph | null;
  readonly head: FileGraph;
  /** Of both sides; without a base the files that are asked about. */
  readonly changed: readonly string[];
  /** The base's path of a file of the head. */
  readonly renamed: ReadonlyMap<string, string>;
}

/**
 * Exports that somebody took in the base and nobody takes in the head. Without a base all that nobody takes, but for files that no other imports:
 * those are taken from outside, by a framework or a person.
 * @param entriesOf gives the files that packages give to others; it is asked only when there is something to tell
 */
export async function judgeExports(
  pull: ExportsToJudge,
  entriesOf: () => Promise<ReadonlySet<string>>,
): Promise<readonly PlacedFinding[]> {
  const { base, head, changed } = pull;
  const asked = base === null ? changed.filter((path) => head.incoming.has(path)) : touched(pull, base);
  const unused = [...asked].flatMap((path) => unusedValues(head, path));
  const lost = base === null ? unused : unused.filter((each) => wasTaken(base, each, pull.renamed));
  if (lost.length === 0) return [];
  const entries = await entriesOf();
  return lost.filter(({ path }) => !isGivenOut(head, path, entries)).map(findingOf);
}

/** Files from which the changed ones took, and these themselves, as they are called in the head. */
function touched({ changed, renamed }: ExportsToJudge, base: FileGraph): ReadonlySet<string> {
  const now = new Map([...renamed].map(([path, old]) => [old, path]));
  const found = new Set(changed.flatMap((path) => (base.outgoing.get(path) ?? []).map(({ to }) => to)));
  // What is taken from a file may be what it passes on.
  for (const path of found) for (const edge of base.outgoing.get(path) ?? []) if (edge.passesAll) found.add(edge.to);
  return new Set([...changed, ...found].map((path) => now.get(path) ?? path));
}

/** A type is given by name along with what uses it, imported or not. */
function unusedValues(head: FileGraph, path: string): readonly UnusedExport[] {
  const unused = findUnusedExports(head, [path]);
  const types = unused.length === 0 ? new Set<string>() : typesOf(head.files.get(path));
  return unused.filter(({ name }) => !types.has(name));
}

function wasTaken(base: FileGraph, { path, name }: UnusedExport, renamed: ReadonlyMap<string, string>): boolean {
  const old = renamed.get(path) ?? path;
  const had = base.files.get(old)?.exports.some((each) => each.name === name) === true;
  return had && !findUnusedExports(base, [old]).some((each) => each.name === name);
}

/** By its package, or by a file that passes all of it on and is given out itself. */
function isGivenOut(head: FileGraph, path: string, entries: ReadonlySet<string>): boolean {
  return [...passedOnBy(head, path)].some((each) => entries.has(each) || (each !== path && !head.incoming.has(each)));
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
