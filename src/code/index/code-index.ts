import type { OwnRules } from "../../domain/own-rule.ts";
import type { Analysers, CheckedRules } from "../analysers.ts";
import { factsVersion, type FileAnalysis } from "../facts.ts";
import { renewFileGraph, type FileLinks } from "../graph/file-graph.ts";
import { createSymbolGraph, type SymbolGraph } from "../graph/symbol-graph.ts";
import { isForeign, isManifest } from "../graph/repository-files.ts";
import { leftOut } from "../readable.ts";
import { languageOf } from "../syntax/languages.ts";
import { analyseSources, blobOf, keyOf, sourcesOf } from "./analyse-sources.ts";
import { readKept, type FactStore } from "./fact-store.ts";
import { findAlike, findPacked, packBlocks, type PlacedBlock } from "./find-alike.ts";
import { buildRepository, readRepository, resolverOf, writeRepository, type Repository } from "./repository.ts";
import type { TreeEntry, TreeSource } from "./tree-source.ts";

export interface CodeIndexOptions {
  readonly analysers: Analysers;
  readonly store: FactStore;
}

export interface IndexOptions {
  readonly signal?: AbortSignal;
}

/** What is known of the code of one repository. Each content is analysed once in its life. */
export interface CodeIndex {
  /** Has an analyser start, if there is none: for who knows that there will be something new, while it is found out what. */
  prepare(): void;
  /**
   * The analyses of files, kept or made anew. Entries that are in no language that is understood are not among them; what cannot be analysed
   * is, with the reason.
   * @param entries of the source; by default all that is not foreign code (`isForeign`)
   * @param options.own rules of the repository, as `check` gave them
   */
  files(
    source: TreeSource,
    entries?: readonly TreeEntry[],
    options?: IndexOptions & { readonly own?: OwnRules },
  ): Promise<ReadonlyMap<string, FileAnalysis>>;
  /** Tries the rules that a repository brings; the last that were tried are known. */
  check(own: OwnRules, options?: IndexOptions): Promise<CheckedRules>;
  /**
   * The graph of all source files of a state. It is kept, and renewed by what differs from the nearest kept one.
   * @param options.near a state from which this one differs little, such as the base of a pull; then the result is not kept
   */
  repository(source: TreeSource, options?: IndexOptions & { readonly near?: Repository }): Promise<Repository>;
  /** Who uses what by name in a state. Facts are read as they are asked for. @param repository of that source */
  symbols(source: TreeSource, repository: Repository, options?: IndexOptions): SymbolGraph;
  /**
   * Blocks of the files of a state that have one of these hashes, the first 5,000.
   * @param apart files that are not looked at
   */
  alike(
    repository: Pick<Repository, "blobs">,
    hashes: ReadonlySet<number>,
    apart: ReadonlySet<string>,
  ): readonly PlacedBlock[];
}

const mostFiles = 50_000;
const most = { manifest: 1_000_000, manifests: 20_000_000 };
/** Beyond so many changed paths it is no longer cheaper to renew a state than to list it. */
const mostChanges = 2_000;
/** Up to so many, a state is renewed each time from the kept one that is near. */
const littleChange = 50;
/** Paths of a state that stays in memory. */
const mostInMemory = 20_000;
/** Kept states that are tried. */
const tries = 3;

export function createCodeIndex(tools: CodeIndexOptions): CodeIndex {
  const { analysers, store } = tools;
  let checked: { readonly own: string; readonly result: CheckedRules } | undefined;
  let last: Repository | undefined;
  /** A kept state. To read one of 3,000 files takes longer than a pull of ten: the last one stays in memory, unless it is big. */
  const stateOf = (id: string): Repository | null => {
    if (last?.id === id) return last;
    const state = keptState(store, id);
    if (state !== null && state.paths.size <= mostInMemory) last = state;
    return state;
  };
  const addFiles = async (source: TreeSource, entries: readonly TreeEntry[], parts: Parts, options: IndexOptions) => {
    const sources = sourcesOf(entries.filter(({ path }) => !isForeign(path)));
    const links = await analyseSources(tools, source, sources.slice(0, mostFiles), "links", options);
    for (const { entry } of sources) {
      const own = links.get(entry.path) ?? leftOut(`the repository has more than ${mostFiles} source files`);
      if ("end" in own) parts.leftOut.set(entry.path, own.reason);
      else {
        parts.files.set(entry.path, own);
        parts.blobs.set(entry.path, entry.blob);
      }
    }
    const manifests = entries.filter(
      ({ path, kind, size }) => isManifest(path) && kind === "file" && size <= most.manifest,
    );
    const paths = Map.groupBy(manifests, ({ blob }) => blob);
    let room = most.manifests;
    for await (const { blob, content } of source.read([...paths.values()].flatMap(([first]) => first ?? [])))
      for (const { path } of paths.get(blob) ?? [])
        if ((room -= content.length) >= 0) parts.manifests.set(path, Buffer.from(content).toString());
  };

  const buildAnew = async (source: TreeSource, options: IndexOptions): Promise<Repository> => {
    const entries = await source.list();
    void analysers.prepare(entries.filter(({ path }) => languageOf(path) !== null).length);
    const parts = partsOf();
    await addFiles(source, entries, parts, options);
    return buildRepository({ id: source.id, paths: new Set(entries.map(({ path }) => path)), ...parts });
  };

  const renew = async (source: TreeSource, { before, changed, listed }: Difference, options: IndexOptions) => {
    const entries = await listed;
    const parts = partsOf(before);
    const paths = new Set(before.paths);
    for (const path of changed) {
      paths.delete(path);
      for (const each of [parts.blobs, parts.manifests, parts.leftOut]) each.delete(path);
    }
    for (const { path } of entries) paths.add(path);
    const added = addFiles(source, entries, parts, options);
    // A path that came or went may change where any import leads.
    const isSameShape =
      paths.size === before.paths.size &&
      entries.every(({ path }) => before.paths.has(path)) &&
      !changed.some(isManifest);
    // Done while the files are analysed.
    const renewGraph = isSameShape ? renewFileGraph(before.graph, changed) : null;
    await added;
    if (renewGraph === null) {
      const gone = new Set(changed);
      const stay = [...before.graph.files].filter(([path]) => !gone.has(path));
      return buildRepository({ id: source.id, paths, ...parts, files: new Map([...stay, ...parts.files]) });
    }
    const { files, ...others } = parts;
    return { id: source.id, paths, ...others, graph: renewGraph(files, resolverOf({ paths, ...others })) };
  };

  /** @param meanwhile what begins before a state is read, which leaves no time for anything else */
  const nearest = async (source: TreeSource, meanwhile: Promise<void>): Promise<Difference | null> => {
    for (const id of store.states().flatMap(idOf).slice(0, tries)) {
      const changed = await source.changesSince(id);
      if (changed === null || changed.length > mostChanges) continue;
      const listed = source.list(changed);
      // It may not be waited for.
      listed.catch(() => undefined);
      if (last?.id !== id) await meanwhile;
      const before = stateOf(id);
      if (before !== null) return { before, changed, listed };
    }
    return null;
  };

  return {
    prepare: () => void analysers.prepare(1),
    async files(source, entries, options = {}) {
      const wanted = entries ?? (await source.list()).filter(({ path }) => !isForeign(path));
      return analyseSources(tools, source, sourcesOf(wanted), "analyses", options);
    },
    async check(own, options = {}) {
      if (own.rules.length === 0) return { rules: own, problems: [] };
      if (checked?.own !== own.version)
        checked = { own: own.version, result: await analysers.check(own, options.signal) };
      return checked.result;
    },
    async repository(source, { near, ...options } = {}) {
      if (near !== undefined && near.id !== null) {
        const changed = near.id === source.id ? [] : await source.changesSince(near.id);
        if (changed !== null && changed.length <= mostChanges)
          return renew(source, { before: near, changed, listed: source.list(changed) }, options);
      }
      const kept = source.id === null ? null : stateOf(source.id);
      if (kept !== null) return kept;
      // A state that is not known has contents that are not: their analyser starts while it is found out which.
      const start = await nearest(source, analysers.prepare(1));
      const repository = start === null ? await buildAnew(source, options) : await renew(source, start, options);
      // Writing costs more than renewing a little once more.
      const isWorthIt = start === null || start.changed.length > littleChange;
      if (source.id !== null && near === undefined && isWorthIt)
        store.keepState(stateKey(source.id), writeRepository(repository), packBlocks(store.blocks(keysOf(repository))));
      return repository;
    },
    symbols(source, { graph }, options = {}) {
      return createSymbolGraph(graph, async (paths) => {
        const entries = sourcesOf(await source.list(paths));
        const all = await analyseSources(tools, source, entries, "analyses", options);
        return new Map([...all].flatMap(([path, one]) => (one.end === "analysed" ? [[path, one.facts]] : [])));
      });
    },
    alike({ blobs }, hashes, apart) {
      const others = [...blobs].filter(([path]) => !apart.has(path));
      const wanted = new Set(others.map(([, blob]) => blob));
      const [newest] = store.states().flatMap(idOf);
      const pack = newest === undefined ? null : store.pack(stateKey(newest));
      const packed = pack && readKept(() => findPacked(pack, wanted, hashes));
      const keyed = (isIn: (blob: string) => boolean) =>
        Map.groupBy(
          others.filter(([, blob]) => isIn(blob)),
          ([path, blob]) => keyOf(blob, languageOf(path)),
        );
      const left = keyed((blob) => packed?.blobs.has(blob) !== true);
      const found = [...(packed?.found ?? []), ...findAlike(store.blocks([...left.keys()]), hashes)];
      // To name all of them takes longer than to look at them.
      const alike = new Set(found.map(({ key }) => blobOf(key)));
      const places = keyed((blob) => alike.has(blob));
      return found.flatMap(({ key, block }) => (places.get(key) ?? []).map(([path]) => ({ path, ...block })));
    },
  };
}

/** How a state differs from one that is known. */
interface Difference {
  readonly before: Repository;
  readonly changed: readonly string[];
  /** What is there now of what changed. */
  readonly listed: Promise<readonly TreeEntry[]>;
}

type Parts = ReturnType<typeof partsOf>;

/** @param before what is known already, but for the files' links */
function partsOf(before?: Repository) {
  return {
    files: new Map<string, FileLinks>(),
    blobs: new Map(before?.blobs),
    manifests: new Map(before?.manifests),
    leftOut: new Map(before?.leftOut),
  };
}

function keysOf({ blobs }: Repository): readonly string[] {
  return [...blobs].map(([path, blob]) => keyOf(blob, languageOf(path)));
}

function stateKey(id: string): string {
  return `${id}:${factsVersion}`;
}

function idOf(key: string): readonly string[] {
  const id = key.slice(0, key.lastIndexOf(":"));
  return stateKey(id) === key ? [id] : [];
}

function keptState(store: FactStore, id: string): Repository | null {
  const content = store.state(stateKey(id));
  return content === null ? null : readKept(() => readRepository(id, content));
}
