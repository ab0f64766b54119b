/** Which file takes from which: the edges of a repository, its circles, and what a change can reach. */
import type { FileFacts, ImportFact } from "../facts.ts";
import type { Resolve, Target } from "./resolve.ts";

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** Of the import. */
  readonly line: number;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
  readonly names: ImportFact["names"];
}

/** What the graph has to know of a file. */
export type FileLinks = Pick<FileFacts, "language" | "imports" | "exports">;

/** Where the imports of a file lead, in their order. */
export type FileTargets = readonly (readonly Target[])[];

export interface FileGraph {
  readonly files: ReadonlyMap<string, FileLinks>;
  readonly targets: ReadonlyMap<string, FileTargets>;
  readonly edges: readonly Edge[];
  readonly outgoing: ReadonlyMap<string, readonly Edge[]>;
  readonly incoming: ReadonlyMap<string, readonly Edge[]>;
  /** Others' packages by name, with the places where they are imported. */
  readonly externals: ReadonlyMap<string, readonly { readonly path: string; readonly line: number }[]>;
  /** Imports that ought to lead to a file and do not. */
  readonly unknown: readonly { readonly path: string; readonly line: number; readonly from: string }[];
}

/** @param known where imports of files lead already, which are not asked for again */
export function buildFileGraph(
  files: ReadonlyMap<string, FileLinks>,
  resolve: Resolve,
  known: ReadonlyMap<string, FileTargets> = new Map(),
): FileGraph {
  const targets = new Map<string, FileTargets>();
  const edges: Edge[] = [];
  const [outgoing, incoming] = [new Map<string, Edge[]>(), new Map<string, Edge[]>()];
  const externals = new Map<string, { path: string; line: number }[]>();
  const unknown: { path: string; line: number; from: string }[] = [];
  for (const [path, { imports }] of files) {
    const own = known.get(path) ?? imports.map((fact) => resolve(path, fact));
    targets.set(path, own);
    for (const [at, fact] of imports.entries())
      for (const target of own[at] ?? []) {
        const { line, typeOnly, dynamic, names } = fact;
        if (target.end === "external") push(externals, target.name, { path, line });
        else if (target.end === "unknown") unknown.push({ path, line, from: fact.from });
        else if (target.path !== path) {
          const edge = { from: path, to: target.path, line, typeOnly, dynamic, names };
          edges.push(edge);
          push(outgoing, path, edge);
          push(incoming, target.path, edge);
        }
      }
  }
  return { files, targets, edges, outgoing, incoming, externals, unknown };
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const same = map.get(key);
  if (same === undefined) map.set(key, [value]);
  else same.push(value);
}

/** Whether the module is loaded when the importing one is: types are gone by then, and what is loaded late comes when it is needed. */
export function isLoading(edge: Edge): boolean {
  return !edge.typeOnly && !edge.dynamic;
}

/**
 * Files that load each other in a circle: the strongly connected components of more than one file (Tarjan, "Depth-first search and linear graph
 * algorithms", 1972; without recursion). Sorted, the largest first.
 */
export function findCycles(
  graph: FileGraph,
  counts: (edge: Edge) => boolean = isLoading,
): readonly (readonly string[])[] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const [stack, onStack] = [[] as string[], new Set<string>()];
  const found: string[][] = [];
  const work: { path: string; next: number; edges: readonly Edge[] }[] = [];
  const enter = (path: string) => {
    index.set(path, index.size);
    low.set(path, index.size - 1);
    stack.push(path);
    onStack.add(path);
    work.push({ path, next: 0, edges: (graph.outgoing.get(path) ?? []).filter(counts) });
  };
  for (const start of graph.files.keys()) {
    if (index.has(start)) continue;
    enter(start);
    for (let top = work.at(-1); top !== undefined; top = work.at(-1)) {
      const { path } = top;
      const edge = top.edges[top.next++];
      if (edge !== undefined) {
        if (!index.has(edge.to)) enter(edge.to);
        else if (onStack.has(edge.to)) low.set(path, Math.min(low.get(path) ?? 0, index.get(edge.to) ?? 0));
        continue;
      }
      work.pop();
      const above = work.at(-1)?.path;
      if (above !== undefined) low.set(above, Math.min(low.get(above) ?? 0, low.get(path) ?? 0));
      if (low.get(path) !== index.get(path)) continue;
      const component = stack.splice(stack.lastIndexOf(path));
      for (const each of component) onStack.delete(each);
      if (component.length > 1) found.push(component.toSorted());
    }
  }
  return found.toSorted((one, other) => other.length - one.length);
}

/** The shortest way from one file to another, both included; null when there is none. */
export function findPath(
  graph: FileGraph,
  from: string,
  to: string,
  counts: (edge: Edge) => boolean = isLoading,
): readonly string[] | null {
  const before = new Map<string, string>([[from, from]]);
  const queue = [from];
  for (let at = 0; at < queue.length; at++) {
    const path = queue[at] ?? "";
    if (path === to) return wayTo(before, to);
    for (const edge of graph.outgoing.get(path) ?? [])
      if (counts(edge) && !before.has(edge.to)) {
        before.set(edge.to, path);
        queue.push(edge.to);
      }
  }
  return null;
}

function wayTo(before: ReadonlyMap<string, string>, to: string): readonly string[] {
  const way = [to];
  for (let at = to, last = before.get(at); last !== undefined && last !== at; at = last, last = before.get(at))
    way.unshift(last);
  return way;
}

/** What takes from these files, itself or through others: every file with the number of steps to it, the files themselves with 0. */
export function findReach(graph: FileGraph, paths: readonly string[]): ReadonlyMap<string, number> {
  const steps = new Map<string, number>(paths.map((path) => [path, 0]));
  const queue = [...steps.keys()];
  for (let at = 0; at < queue.length; at++) {
    const path = queue[at] ?? "";
    for (const { from } of graph.incoming.get(path) ?? [])
      if (!steps.has(from)) {
        steps.set(from, (steps.get(path) ?? 0) + 1);
        queue.push(from);
      }
  }
  return steps;
}

export interface UnusedExport {
  readonly path: string;
  readonly name: string;
  readonly line: number;
}

/**
 * Exports of JavaScript and TypeScript that no file of the repository takes. What others may take from outside is among them.
 * @param paths the files that are asked about
 */
export function findUnusedExports(
  graph: FileGraph,
  paths: Iterable<string> = graph.files.keys(),
): readonly UnusedExport[] {
  return [...paths].flatMap((path) => {
    const file = graph.files.get(path);
    if (file === undefined || !["typescript", "tsx", "javascript"].includes(file.language)) return [];
    const names = takenNames(graph, path);
    if (names.has("*")) return [];
    return file.exports
      .filter(({ name }) => name !== "*" && !names.has(name))
      .map(({ name, line }) => ({ path, name, line }));
  });
}

/** What is taken from a file by name; `*` when all of it is. */
function takenNames(graph: FileGraph, path: string): ReadonlySet<string> {
  const taken = new Set<string>();
  for (const at of passedOnBy(graph, path))
    for (const edge of graph.incoming.get(at) ?? [])
      if (!passesAll(graph, edge)) for (const { name } of edge.names) taken.add(name);
  return taken;
}

/** Files that give all that a file gives, by `export * from`, over any number of steps; itself too. */
export function passedOnBy(graph: FileGraph, path: string): ReadonlySet<string> {
  const found = new Set([path]);
  for (const at of found)
    for (const edge of graph.incoming.get(at) ?? []) if (passesAll(graph, edge)) found.add(edge.from);
  return found;
}

/** Whether it is `export * from`. */
export function passesAll({ files }: FileGraph, { from, line }: Edge): boolean {
  const exports = files.get(from)?.exports ?? [];
  return exports.some((one) => one.from !== undefined && one.line === line && one.name === "*");
}
