import type { OwnRules } from "../../domain/own-rule.ts";
import type { Analysers, CodeFile } from "../analysers.ts";
import { factsVersion, rulesVersion, type FileAnalysis } from "../facts.ts";
import type { FileLinks } from "../graph/file-graph.ts";
import { largestFile, leftOut } from "../readable.ts";
import { languageOf, type Language } from "../syntax/languages.ts";
import type { LeftOut, WrittenAnalysis } from "../written-analysis.ts";
import { readKept, type FactStore, type KeptAnalysis } from "./fact-store.ts";
import type { TreeEntry, TreeSource } from "./tree-source.ts";

/** What is read of an analysis. */
export interface Part {
  readonly links: FileLinks | LeftOut;
  readonly analyses: FileAnalysis;
}

/** A file in a language that is understood. */
export interface Source {
  readonly entry: TreeEntry;
  readonly language: Language;
}

export interface AnalyseSourcesOptions {
  readonly signal?: AbortSignal;
  /** Rules of the repository that passed `check`. */
  readonly own?: OwnRules;
}

/** Written at once: the analysers get no more files meanwhile. */
const mostRows = 50;
/** Files that are looked up at once. */
const lookedUp = 64;
/** Files that are missing, of which it is known how many there are at the begin: more than that, and all analysers are worth starting. */
const many = 128;

export function sourcesOf(entries: readonly TreeEntry[]): readonly Source[] {
  return entries.flatMap((entry) => {
    const language = languageOf(entry.path);
    return language === null ? [] : [{ entry, language }];
  });
}

/** Under which the analysis of a content is kept. The graph of a state is made without rules of the repository, so that it stays when they change. */
export function keyOf(blob: string, language: Language | null, rules = ""): string {
  return `${blob}:${language}:${factsVersion}:${rulesVersion}${rules === "" ? "" : `:${rules}`}`;
}

/** git's name for the content of which that is the key. */
export function blobOf(key: string): string {
  return key.slice(0, key.indexOf(":"));
}

/**
 * What is known of files, by their paths; what is missing in the store is read, analysed and kept.
 * @throws what the analysers throw
 */
export async function analyseSources<P extends keyof Part>(
  { analysers, store }: { readonly analysers: Analysers; readonly store: FactStore },
  source: TreeSource,
  sources: readonly Source[],
  part: P,
  options: AnalyseSourcesOptions,
): Promise<ReadonlyMap<string, Part[P] | LeftOut>> {
  type T = Part[P];
  const results = new Map<string, T | LeftOut>();
  const readable = sources.filter(({ entry }) => {
    const reason = unreadable(entry);
    if (reason !== null) results.set(entry.path, reason);
    return reason === null;
  });
  const looked = lookUp<T>(readable, store[part], options.own);
  const first = takeFirst(looked.missing, many);
  const keys: string[] = [];
  const files = async function* (): AsyncGenerator<CodeFile, void, undefined> {
    for await (const { blob, content } of source.read(chain(first, looked.missing)))
      for (const { key, language } of looked.waitingFor(blob)) {
        keys.push(key);
        yield { language, content };
      }
  };
  const rows: KeptAnalysis[] = [];
  const keep = () => store.keep(rows.splice(0));
  const take = ({ isPassing, ...written }: WrittenAnalysis, file: number) => {
    const key = keys[file] ?? "";
    looked.found.set(key, JSON.parse(part === "links" ? written.links : written.analysis) as T);
    if (!isPassing && rows.push({ key, ...written }) === mostRows) keep();
  };
  try {
    if (first.length > 0) await analysers.analyse({ files: files(), count: first.length }, take, options);
  } finally {
    keep();
  }
  for (const { entry, key } of looked.keyed)
    results.set(entry.path, looked.found.get(key) ?? leftOut("it cannot be read any more"));
  return results;
}

type Keyed = Source & { readonly key: string };

interface LookedUp<T> {
  /** Files of which the store knows nothing, each content once; what is found meanwhile goes to `found`. */
  readonly missing: Generator<TreeEntry, void, undefined>;
  /** What wants the content of a file, which is forgotten thereby. */
  waitingFor(blob: string): readonly Keyed[];
  readonly found: Map<string, T>;
  readonly keyed: readonly Keyed[];
}

/** They are looked up as they are asked for: to name the content of a file may take as long as to read it, and meanwhile others are analysed. */
function lookUp<T>(
  sources: readonly Source[],
  known: (keys: readonly string[]) => ReadonlyMap<string, string>,
  own?: OwnRules,
): LookedUp<T> {
  const keyed: Keyed[] = [];
  const found = new Map<string, T>();
  const asked = new Set<string>();
  const waiting = new Map<string, Keyed[]>();
  const look = function* (): Generator<TreeEntry, void, undefined> {
    for (let at = 0; at < sources.length; at += lookedUp) {
      const some = sources
        .slice(at, at + lookedUp)
        .map((each) => ({ ...each, key: keyOf(each.entry.blob, each.language, own?.version) }));
      keyed.push(...some);
      const fresh = new Map(some.filter(({ key }) => !asked.has(key)).map((each) => [each.key, each]));
      for (const [key, text] of known([...fresh.keys()])) {
        const result = readKept(() => JSON.parse(text) as T);
        if (result !== null) found.set(key, result);
      }
      for (const [key, each] of fresh) {
        asked.add(key);
        if (found.has(key)) continue;
        const others = waiting.get(each.entry.blob);
        if (others !== undefined) others.push(each);
        else {
          waiting.set(each.entry.blob, [each]);
          yield each.entry;
        }
      }
    }
  };
  return {
    missing: look(),
    waitingFor(blob) {
      const all = waiting.get(blob) ?? [];
      waiting.delete(blob);
      return all;
    },
    found,
    keyed,
  };
}

function takeFirst<T>(all: Iterator<T, void>, most: number): readonly T[] {
  const first: T[] = [];
  while (first.length < most) {
    const { done, value } = all.next();
    if (done === true) break;
    first.push(value);
  }
  return first;
}

function* chain<T>(...all: readonly Iterable<T>[]): Generator<T, void, undefined> {
  for (const some of all) yield* some;
}

function unreadable({ kind, size }: TreeEntry): LeftOut | null {
  if (kind !== "file") return leftOut(`it is a ${kind === "link" ? "symbolic link" : "submodule"}`);
  return size > largestFile ? leftOut(`it has more than ${largestFile.toLocaleString("en")} bytes`) : null;
}
