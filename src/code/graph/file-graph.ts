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
  /** Whether it is `export * from`. */
  readonly passesAll: boolean;
  /** The import itself, with its names. */
  readonly fact: ImportFact;
}

/** What the graph has to know of a file. */
export type FileLinks = Pick<FileFacts, "language" | "imports" | "exports"> & {
  /** The lines of `export * from`, where they have been found already. */
  readonly passing?: readonly number[];
};

/** Where the imports of a file lead, in their order. */
export type FileTargets = readonly (readonly Target[])[];

export interface FileGraph {
  readonly files: ReadonlyMap<string, FileLinks>;
  readonly targets: ReadonlyMap<string, FileTargets>;
  readonly edges: readonly Edge[];
  readonly outgoing: ReadonlyMap<string, readonly Edge[]>;
  readonly incoming: ReadonlyMap<string, readonly Edge[]>;
  /** Others' packages by name, with the places where they are imported. */
  readonly externals: ReadonlyMap<string, readonly Place[]>;
  /** Imports that ought to lead to a file and do not. */
  readonly unknown: readonly Unknown[];
}

export function buildFileGraph(files: ReadonlyMap<string, FileLinks>, resolve: Resolve): FileGraph {
  return graphOf(files, new Map([...files].map(([path, links]) => [path, targetsOf(path, links, resolve)])));
}

/** @param targets where the imports of every file lead */
export function graphOf(files: ReadonlyMap<string, FileLinks>, targets: ReadonlyMap<string, FileTargets>): FileGraph {
  const graph = {
    files,
    targets,
    edges: [] as Edge[],
    outgoing: new Map<string, Edge[]>(),
    incoming: new Map<string, Edge[]>(),
    externals: new Map<string, Place[]>(),
    unknown: [] as Unknown[],
  };
  for (const [path, links] of files) addFile(graph, path, links, targets.get(path) ?? []);
  return graph;
}

/**
 * The graph with other contents of some files, at the price of these alone: where the others' imports lead must not have changed.
 * @param paths of these files
 * @returns what is left to be done when their contents are known; those that it is not given are gone
 */
export function renewFileGraph(
  before: FileGraph,
  paths: readonly string[],
): (contents: ReadonlyMap<string, FileLinks>, resolve: Resolve) => FileGraph {
  const changed = new Set(paths);
  const files = new Map(before.files);
  const targets = new Map(before.targets);
  const outgoing = new Map(before.outgoing) as Map<string, Edge[]>;
  const incoming = new Map(before.incoming) as Map<string, Edge[]>;
  const externals = new Map(before.externals) as Map<string, Place[]>;
  const stays = ({ path }: Place) => !changed.has(path);
  const staysEdge = ({ from }: Edge) => !changed.has(from);
  for (const path of changed) {
    for (const { to } of before.outgoing.get(path) ?? []) incoming.set(to, (incoming.get(to) ?? []).filter(staysEdge));
    for (const target of (before.targets.get(path) ?? []).flat())
      if (target.end === "external") externals.set(target.name, (externals.get(target.name) ?? []).filter(stays));
    for (const map of [files, targets, outgoing]) map.delete(path);
  }
  const edges = before.edges.filter(staysEdge);
  const unknown = before.unknown.filter(stays);
  // What is not to be changed in the graph before is copied when something is added.
  const own = <T>(map: Map<string, T[]>, key: string, kept: ReadonlyMap<string, readonly T[]>) => {
    const same = map.get(key);
    if (same !== undefined && same === kept.get(key)) map.set(key, [...same]);
  };
  return (contents, resolve) => {
    for (const [path, links] of contents) {
      const to = targetsOf(path, links, resolve);
      for (const target of to.flat())
        if (target.end === "file") own(incoming, target.path, before.incoming);
        else if (target.end === "external") own(externals, target.name, before.externals);
      files.set(path, links);
      targets.set(path, to);
      addFile({ edges, outgoing, incoming, externals, unknown }, path, links, to);
    }
    for (const [name, places] of externals) if (places.length === 0) externals.delete(name);
    return { files, targets, edges, outgoing, incoming, externals, unknown };
  };
}

interface Place {
  readonly path: string;
  readonly line: number;
}
type Unknown = Place & { readonly from: string };

interface Growing {
  readonly edges: Edge[];
  readonly outgoing: Map<string, Edge[]>;
  readonly incoming: Map<string, Edge[]>;
  readonly externals: Map<string, Place[]>;
  readonly unknown: Unknown[];
}

function addFile(graph: Growing, path: string, links: FileLinks, targets: FileTargets): void {
  const { imports, passing = findPassing(links) } = links;
  for (const [at, fact] of imports.entries())
    for (const target of targets[at] ?? []) {
      const { line, typeOnly, dynamic } = fact;
      if (target.end === "external") push(graph.externals, target.name, { path, line });
      else if (target.end === "unknown") graph.unknown.push({ path, line, from: fact.from });
      else if (target.path !== path) {
        const edge = { from: path, to: target.path, line, typeOnly, dynamic, passesAll: passing.includes(line), fact };
        graph.edges.push(edge);
        push(graph.outgoing, path, edge);
        push(graph.incoming, target.path, edge);
      }
    }
}

function targetsOf(path: string, { imports }: FileLinks, resolve: Resolve): FileTargets {
  return imports.map((fact) => resolve(path, fact));
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
      if (!edge.passesAll) for (const { name } of edge.fact.names) taken.add(name);
  return taken;
}

/** Files that give all that a file gives, by `export * from`, over any number of steps; itself too. */
export function passedOnBy(graph: FileGraph, path: string): ReadonlySet<string> {
  const found = new Set([path]);
  for (const at of found) for (const edge of graph.incoming.get(at) ?? []) if (edge.passesAll) found.add(edge.from);
  return found;
}

/** The names by which a file gives types that are gone when the program runs. */
export function typesOf(file: Pick<FileLinks, "exports"> | undefined): ReadonlySet<string> {
  return new Set(file?.exports.filter(({ typeOnly }) => typeOnly).map(({ name }) => name));
}

/** The lines of `export * from` in a file. */
export function findPassing({ exports }: Pick<FileLinks, "exports">): readonly number[] {
  return exports.filter(({ name, from }) => name === "*" && from !== undefined).map(({ line }) => line);
}
