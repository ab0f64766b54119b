import type { FileAnalysis } from "./facts.ts";
import type { FileLinks } from "./graph/file-graph.ts";

/** An analysis as texts of JSON: a process hands it to another, and that to the store, which need not read all of it. */
export interface WrittenAnalysis {
  /** What {@link linksOf} gives. */
  readonly links: string;
  readonly analysis: string;
  /** As `extract/blocks.ts` writes them. */
  readonly blocks: string;
  /** Another time there may be more of it. */
  readonly isPassing: boolean;
}

export type LeftOut = Extract<FileAnalysis, { end: "left out" }>;

export function writeAnalysis(analysis: FileAnalysis): WrittenAnalysis {
  return {
    links: JSON.stringify(linksOf(analysis)),
    analysis: JSON.stringify(analysis),
    blocks: analysis.end === "analysed" ? analysis.facts.blocks : "",
    isPassing: analysis.end === "left out" ? analysis.passing === true : analysis.stopped !== undefined,
  };
}

/** What the graph of files has to know of an analysis. */
export function linksOf(analysis: FileAnalysis): FileLinks | LeftOut {
  if (analysis.end === "left out") return analysis;
  const { language, imports, exports } = analysis.facts;
  return { language, imports, exports };
}
