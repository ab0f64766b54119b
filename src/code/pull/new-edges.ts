import type { Edge, FileGraph } from "../graph/file-graph.ts";

/**
 * Edges of the head that its base does not have, the first of each pair of files: of the changed files, and to those that came.
 * @param base null when there is none, and so every edge of these files is new
 * @param renamed the base's path of a file of the head
 */
export function findNewEdges(
  base: FileGraph | null,
  head: FileGraph,
  changed: readonly string[],
  renamed: ReadonlyMap<string, string>,
): readonly Edge[] {
  const candidates = changed.flatMap((path) =>
    base === null ? (head.outgoing.get(path) ?? []) : edgesAround(path, base, head),
  );
  const seen = new Set<string>();
  const found = candidates.filter((edge) => {
    const key = `${edge.from}\n${edge.to}\n${edge.typeOnly || edge.dynamic}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return base === null || !hasEdge(base, edge, renamed);
  });
  return found.slice(0, base === null ? Infinity : mostEdges);
}

/** Of one pull: for each a circle is sought. */
const mostEdges = 1_000;

/** What a file takes, and who takes it since it came. */
function edgesAround(path: string, base: FileGraph, head: FileGraph): readonly Edge[] {
  return [...(head.outgoing.get(path) ?? []), ...(base.files.has(path) ? [] : (head.incoming.get(path) ?? []))];
}

/** An edge that loads is new where there was none but for types. */
function hasEdge(base: FileGraph, edge: Edge, renamed: ReadonlyMap<string, string>): boolean {
  const [from, to] = [renamed.get(edge.from) ?? edge.from, renamed.get(edge.to) ?? edge.to];
  return (base.outgoing.get(from) ?? []).some(
    (old) => old.to === to && (edge.typeOnly || !old.typeOnly) && (edge.dynamic || !old.dynamic),
  );
}
