import { languageOf } from "../syntax/languages.ts";
import { findPackageEntries, isPackageJson } from "../graph/package-entries.ts";
import { judgeCycles } from "./judge-cycles.ts";
import { judgeExports } from "./judge-exports.ts";
import { judgeLayers } from "./judge-layers.ts";
import { findNewEdges } from "./new-edges.ts";
import type { PlacedFinding } from "./placed-finding.ts";
import type { Layer } from "./review-config.ts";
import type { PullSide } from "./side.ts";

export interface DependenciesToReview {
  /** Null when there is none. */
  readonly base: PullSide | null;
  readonly head: PullSide;
  readonly changed: readonly string[];
  /** The changed files of the head that are looked into. */
  readonly sources: readonly string[];
  /** The base's path of a file of the head. */
  readonly renamed: ReadonlyMap<string, string>;
  readonly layers: readonly Layer[];
}

const mostPackages = 500;

/** Circles that new imports close, imports that layers forbid, and exports that nobody takes any more. */
export async function reviewDependencies(pull: DependenciesToReview): Promise<readonly PlacedFinding[]> {
  const { base, head, changed, sources, renamed, layers } = pull;
  if (!changed.some((path) => languageOf(path) !== null)) return [];
  const [before, now] = [base?.graph ?? null, head.graph];
  const edges = findNewEdges(before, now, sources, renamed);
  const exports = { base: before, head: now, changed: base === null ? sources : changed, renamed };
  return [
    ...judgeCycles(before, now, edges, renamed),
    ...judgeLayers(before, now, { edges, changed: new Set(sources), renamed }, layers),
    ...(await judgeExports(exports, () => entriesOf(head))),
  ];
}

async function entriesOf(side: PullSide): Promise<ReadonlySet<string>> {
  const texts = await side.read([...side.paths].filter(isPackageJson).slice(0, mostPackages));
  return findPackageEntries({ paths: side.paths, manifest: (path) => texts.get(path) });
}
