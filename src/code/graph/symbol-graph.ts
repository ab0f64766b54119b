/**
 * Who uses what by name, across files: usages of a symbol, what a change of it can reach, and the tests among that. By names and imports, without
 * types: a method is found where its name is used in a file that has to do with its class.
 */
import { isTestFile } from "../../domain/test-files.ts";
import type { CodeSymbol, FileFacts } from "../facts.ts";
import { qualifiedName } from "../qualified-name.ts";
import type { FileGraph } from "./file-graph.ts";

export interface SymbolRef {
  readonly path: string;
  /** Qualified by what it lies in: `addUp`, `Cart.add`. */
  readonly name: string;
}

export interface SymbolUse {
  readonly path: string;
  readonly line: number;
  /** The qualified name of the symbol that it is used in; null at the top of the file. */
  readonly within: string | null;
}

export interface ReachedSymbol {
  readonly path: string;
  /** Null for what a file does when it is loaded. */
  readonly name: string | null;
  /** Uses in between: 1 for what uses it itself. */
  readonly steps: number;
}

export interface SymbolGraph {
  /** Where a symbol is used, in order of paths and lines; the first 5,000. Its declaration and imports of it are no uses. */
  usages(symbol: SymbolRef): Promise<readonly SymbolUse[]>;
  /** What uses these symbols, itself or through others, the nearest first: what a change of them can reach. The first 2,000. */
  reach(symbols: readonly SymbolRef[]): Promise<readonly ReachedSymbol[]>;
  /** Test files in which something reaches these symbols, the nearest first. */
  tests(symbols: readonly SymbolRef[]): Promise<readonly { readonly path: string; readonly steps: number }[]>;
}

const most = { uses: 5_000, reached: 2_000 };

/** @param factsOf the facts of files of the graph, as far as there are any */
export function createSymbolGraph(
  graph: FileGraph,
  factsOf: (paths: readonly string[]) => Promise<ReadonlyMap<string, FileFacts>>,
): SymbolGraph {
  const known = new Map<string, FileFacts | null>();
  const read = async (paths: readonly string[]) => {
    const missing = [...new Set(paths)].filter((path) => !known.has(path));
    if (missing.length === 0) return;
    const found = await factsOf(missing);
    for (const path of missing) known.set(path, found.get(path) ?? null);
  };

  const usages = async ({ path, name }: SymbolRef): Promise<readonly SymbolUse[]> => {
    const [owner, member] = splitName(name);
    const seen = namesBeyond(graph, path, owner);
    await read([...seen.keys()]);
    const uses: SymbolUse[] = [];
    for (const [at, names] of [...seen].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
      const facts = known.get(at);
      if (facts === null || facts === undefined) continue;
      const lines = linesOf(facts, names, member);
      for (const line of lines.toSorted((one, other) => one - other)) {
        if (uses.length === most.uses) return uses;
        uses.push({ path: at, line, within: around(facts.symbols, line) });
      }
    }
    return uses;
  };

  const reach = async (symbols: readonly SymbolRef[]): Promise<readonly ReachedSymbol[]> => {
    const keyOf = (path: string, name: string | null) => `${path}\0${name ?? ""}`;
    const met = new Set(symbols.map(({ path, name }) => keyOf(path, name)));
    const reached: ReachedSymbol[] = [];
    let level = symbols;
    for (let steps = 1; level.length > 0; steps++) {
      const next: SymbolRef[] = [];
      for (const symbol of level)
        for (const { path, within } of await usages(symbol)) {
          const key = keyOf(path, within);
          if (met.has(key)) continue;
          met.add(key);
          if (reached.length === most.reached) return reached;
          reached.push({ path, name: within, steps });
          if (within !== null) next.push({ path, name: within });
        }
      level = next;
    }
    return reached;
  };

  return {
    usages,
    reach,
    async tests(symbols) {
      const nearest = new Map<string, number>();
      for (const { path, steps } of await reach(symbols))
        if (isTestFile(path, "") && !nearest.has(path)) nearest.set(path, steps);
      return [...nearest].map(([path, steps]) => ({ path, steps }));
    },
  };
}

/** A name by which a file knows a symbol, or by which it knows the module that has it under the second. */
interface KnownName {
  readonly local: string;
  readonly inModule?: string;
}

/** By which names files know a symbol of a file: its own, and those that take it, also through files that pass it on. */
function namesBeyond(graph: FileGraph, path: string, name: string): ReadonlyMap<string, readonly KnownName[]> {
  const found = new Map<string, KnownName[]>([[path, [{ local: name }]]]);
  for (const beside of besides(graph, path)) found.set(beside, [{ local: name }]);
  const queue = exportedAs(graph, path, name).map((exported) => ({ path, exported }));
  const met = new Set(queue.map((each) => `${each.path}\0${each.exported}`));
  for (const { path: at, exported } of queue) {
    const give = (to: string, as: string) => {
      if (met.has(`${to}\0${as}`)) return;
      met.add(`${to}\0${as}`);
      queue.push({ path: to, exported: as });
    };
    for (const edge of graph.incoming.get(at) ?? []) {
      const passedOn = (graph.files.get(edge.from)?.exports ?? []).filter(
        ({ from, line }) => from !== undefined && line === edge.line,
      );
      for (const { name: as, local } of passedOn)
        if (local === exported) give(edge.from, as);
        else if (as === "*" && exported !== "default") give(edge.from, exported);
      if (passedOn.length > 0) continue;
      for (const taken of edge.fact.names) {
        if (taken.name !== exported && taken.name !== "*") continue;
        const isModule = taken.name === "*" && taken.as !== "";
        const local = taken.as === "" ? exported : taken.as;
        const names = found.get(edge.from) ?? [];
        found.set(edge.from, names);
        names.push(isModule ? { local, inModule: exported } : { local });
        if (!isModule) for (const as of exportedAs(graph, edge.from, local)) give(edge.from, as);
      }
    }
  }
  return found;
}

/** The names by which a file gives what it calls so itself. */
function exportedAs(graph: FileGraph, path: string, local: string): readonly string[] {
  const { language, exports } = graph.files.get(path) ?? { exports: [] };
  // What a module of Python imports can be imported from it.
  if (language === "python") return [local];
  return exports.filter((one) => one.from === undefined && one.local === local).map(({ name }) => name);
}

/** Files of the same package, which need no import to use each other's names. */
function besides(graph: FileGraph, path: string): readonly string[] {
  const language = graph.files.get(path)?.language;
  if (language !== "go" && language !== "java") return [];
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  return [...graph.files.keys()].filter(
    (other) =>
      other !== path &&
      other.startsWith(folder) &&
      !other.slice(folder.length).includes("/") &&
      graph.files.get(other)?.language === language,
  );
}

function splitName(name: string): readonly [string, string | undefined] {
  const at = name.lastIndexOf(".");
  return at === -1 ? [name, undefined] : [name.slice(0, name.indexOf(".")), name.slice(at + 1)];
}

function linesOf({ uses }: FileFacts, names: readonly KnownName[], member: string | undefined): readonly number[] {
  const byName = new Map(uses);
  const lines = (name: string) => byName.get(name) ?? [];
  if (member !== undefined) return lines(member);
  const found = names.flatMap(({ local, inModule }) => {
    if (inModule === undefined) return lines(local);
    const ofModule = new Set(lines(local));
    return lines(inModule).filter((line) => ofModule.has(line));
  });
  return [...new Set(found)];
}

/** The qualified name of the innermost symbol at a line; null for none. */
function around(symbols: readonly CodeSymbol[], line: number): string | null {
  let inner: CodeSymbol | undefined;
  for (const symbol of symbols) {
    if (symbol.startLine > line) break;
    if (symbol.endLine >= line) inner = symbol;
  }
  return inner === undefined ? null : qualifiedName(inner, symbols);
}
