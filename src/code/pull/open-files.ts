import type { FileAnalysis, FileFacts, StoppedRule } from "../facts.ts";
import type { FileFinding } from "../finding.ts";
import type { LeftOut } from "./choose-files.ts";
import { matchFiles } from "./match-files.ts";
import type { PlacedFinding } from "./placed-finding.ts";

type Analyses = ReadonlyMap<string, FileAnalysis>;

export interface OpenFile {
  readonly facts: FileFacts;
  readonly findings: readonly FileFinding[];
  readonly stopped?: readonly StoppedRule[];
}

export interface OpenedFiles {
  readonly base: ReadonlyMap<string, OpenFile>;
  readonly head: ReadonlyMap<string, OpenFile>;
  /** The base's path of a file of the head. */
  readonly renamed: ReadonlyMap<string, string>;
  readonly leftOut: readonly LeftOut[];
  /** What the pull makes unreadable. */
  readonly findings: readonly PlacedFinding[];
}

/**
 * What can be said of the files of both sides. That a file is generated is believed when the base says it too, or when there is no pull.
 * @param base null when there is none
 */
export function openFiles(base: Analyses | null, head: Analyses): OpenedFiles {
  const [old, now] = [readable(base ?? new Map()), readable(head)];
  const renamed = matchFiles(factsIn(old), factsIn(now));
  const believed = (path: string) => {
    const from = renamed.get(path);
    return base === null || (from !== undefined && base.get(from)?.end === "left out");
  };
  const leftOut: LeftOut[] = [];
  const findings: PlacedFinding[] = [];
  const opened = new Map<string, OpenFile>();
  for (const [path, analysis] of head) {
    const open = now.get(path);
    if (open !== undefined && (analysis.end === "analysed" || !believed(path))) opened.set(path, open);
    else if (analysis.end === "left out") {
      const byPull = base !== null && open === undefined && base.get(path)?.end !== "left out";
      leftOut.push({ path, reason: analysis.reason, byPull });
      if (byPull) findings.push(unreadable(path, analysis.reason));
    }
  }
  // What nobody looks into any more has resolved nothing.
  const unread = new Set([...head.keys()].filter((path) => !opened.has(path)).map((path) => renamed.get(path) ?? path));
  const left = new Map([...old].filter(([path]) => !unread.has(path)));
  return { base: left, head: opened, renamed, leftOut, findings };
}

function readable(analyses: Analyses): ReadonlyMap<string, OpenFile> {
  return new Map(
    [...analyses].flatMap(([path, analysis]) => {
      const open = analysis.end === "analysed" ? analysis : analysis.despite;
      return open === undefined ? [] : [[path, open]];
    }),
  );
}

function factsIn(files: ReadonlyMap<string, OpenFile>): ReadonlyMap<string, FileFacts> {
  return new Map([...files].map(([path, { facts }]) => [path, facts]));
}

function unreadable(path: string, reason: string): PlacedFinding {
  return {
    path,
    rule: "analysis/left-out",
    severity: "warning",
    startLine: 1,
    endLine: 1,
    message: `${reason} The base holds nothing of the kind here, so somebody has to read it.`,
    symbol: "",
    anchor: "file",
  };
}
