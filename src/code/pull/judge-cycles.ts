import { findCycles, findPath, isLoading, typesOf, type Edge, type FileGraph } from "../graph/file-graph.ts";
import { languageOf } from "../syntax/languages.ts";
import { shortHash, type PlacedFinding } from "./placed-finding.ts";

/** Where a module runs when it is loaded, a circle gives it what is not there yet. Elsewhere circles are refused by the compiler, or do no harm. */
const running = /^(?:typescript|tsx|javascript|python)$/;
/** Mending one shows the next. */
const mostCycles = 20;
const mostFiles = 12;

/**
 * Circles of files that load each other and that a new edge closes. What is gone when the program runs, and what is loaded late, closes none.
 * @param base null when there is none: then one circle of each group of files that load each other
 * @param renamed the base's path of a file of the head
 */
export function judgeCycles(
  base: FileGraph | null,
  head: FileGraph,
  edges: readonly Edge[],
  renamed: ReadonlyMap<string, string>,
): readonly PlacedFinding[] {
  const loads = loadsIn(head);
  const counted = edges.filter((edge) => loads(edge) && running.test(languageOf(edge.from) ?? ""));
  if (base === null) return shortestOfEach(head, counted, loads);
  const loadedBefore = loadsIn(base);
  const before = (path: string) => renamed.get(path) ?? path;
  const found: PlacedFinding[] = [];
  const told = new Set<string>();
  for (const edge of counted) {
    if (found.length === mostCycles) break;
    if (told.has(`${edge.from}\n${edge.to}`)) continue;
    const way = findPath(head, edge.to, edge.from, loads);
    // What was in one circle before is in no other one now.
    if (way === null || inCircle(base, before(edge.from), before(edge.to), loadedBefore)) continue;
    for (const [at, path] of way.entries()) told.add(`${path}\n${way[at + 1] ?? edge.to}`);
    found.push(findingOf(edge, way));
  }
  return found;
}

/** Edges that are there when the program runs: an import of nothing but types is gone by then, also where it does not say that it is one. */
function loadsIn({ files }: FileGraph): (edge: Edge) => boolean {
  const known = new Map<string, ReadonlySet<string>>();
  return (edge) => {
    if (!isLoading(edge) || /\.d\.[cm]?ts$/.test(edge.from)) return false;
    const { names } = edge.fact;
    if (names.length === 0) return true;
    const types = known.get(edge.to) ?? typesOf(files.get(edge.to));
    known.set(edge.to, types);
    return !names.every(({ name }) => types.has(name));
  };
}

function inCircle(graph: FileGraph, one: string, other: string, loads: (edge: Edge) => boolean): boolean {
  return findPath(graph, one, other, loads) !== null && findPath(graph, other, one, loads) !== null;
}

function shortestOfEach(
  graph: FileGraph,
  edges: readonly Edge[],
  loads: (edge: Edge) => boolean,
): readonly PlacedFinding[] {
  const groups = new Map(
    findCycles(graph, loads).flatMap((files, group) => files.map((path) => [path, group] as const)),
  );
  const shortest = new Map<number, { edge: Edge; way: readonly string[] }>();
  for (const edge of edges) {
    const group = groups.get(edge.from);
    if (group === undefined || group !== groups.get(edge.to) || shortest.get(group)?.way.length === 2) continue;
    const way = findPath(graph, edge.to, edge.from, loads);
    if (way !== null && way.length < (shortest.get(group)?.way.length ?? Infinity)) shortest.set(group, { edge, way });
  }
  return [...shortest.values()].map(({ edge, way }) => findingOf(edge, way));
}

function findingOf(edge: Edge, way: readonly string[]): PlacedFinding {
  const shown = way.length > mostFiles ? [...way.slice(0, mostFiles - 1), "…", way.at(-1) ?? ""] : way;
  const circle = [edge.from, ...shown].map((path) => (path === "…" ? path : `\`${path}\``)).join(" → ");
  return {
    path: edge.from,
    rule: "dependencies/cycle",
    severity: "warning",
    startLine: edge.line,
    endLine: edge.line,
    message: `This import closes a circle: ${circle}. What loads first sees the other half empty; put what both need into a file of its own, or import only its types.`,
    symbol: "",
    anchor: shortHash(way.toSorted().join("\n")),
  };
}
