/** The files of one state of a repository as the locator takes them. */
import type { FileAnalysis } from "../facts.ts";
import { isForeign } from "../graph/repository-files.ts";
import type { CodeIndex } from "../index/code-index.ts";
import type { Repository } from "../index/repository.ts";
import type { TreeEntry, TreeSource } from "../index/tree-source.ts";
import { languageOf } from "../syntax/languages.ts";
import type { CorpusFile } from "./locate.ts";
import { countTerms } from "./terms.ts";

export interface Corpus {
  readonly files: readonly CorpusFile[];
  /** Source files of which only path and content count, with the reason. */
  readonly leftOut: ReadonlyMap<string, string>;
  readonly repository: Repository;
}

export interface CorpusOptions {
  readonly signal?: AbortSignal;
  /** Only what lies in this folder; default: everything. */
  readonly below?: string;
}

/** At once, since the facts of a file are much larger than what is kept of them. */
const batch = 300;
/** Bytes of contents whose words are counted; beyond that names and paths have to do. */
const mostBytes = 30_000_000;

export async function readCorpus(index: CodeIndex, source: TreeSource, options: CorpusOptions = {}): Promise<Corpus> {
  const { signal, below = "" } = options;
  const more = signal === undefined ? {} : { signal };
  const inside = below === "" ? "" : `${below}/`;
  const entries = (await source.list()).filter((entry) => entry.path.startsWith(inside) && isSource(entry));
  const repository = await index.repository(source, more);
  const { graph } = repository;
  const terms = await countAll(source, entries, signal);
  const files: CorpusFile[] = [];
  const leftOut = new Map<string, string>();
  for (let at = 0; at < entries.length; at += batch) {
    const some = entries.slice(at, at + batch);
    const analyses = await index.files(source, some, more);
    for (const { path, blob } of some) {
      const analysis: FileAnalysis | undefined = analyses.get(path);
      if (analysis?.end === "left out") leftOut.set(path, analysis.reason);
      files.push({
        path,
        terms: terms.get(blob) ?? new Map<string, number>(),
        symbols: analysis?.end === "analysed" ? analysis.facts.symbols : [],
        imports: (graph.outgoing.get(path) ?? []).map(({ to }) => to),
      });
    }
  }
  return { files, leftOut, repository };
}

/** Declarations without code say nothing that the code does not. */
function isSource({ path, kind }: TreeEntry): boolean {
  return kind === "file" && languageOf(path) !== null && !isForeign(path) && !/\.d\.[cm]?ts$/.test(path);
}

const longestFile = 1_000_000;

async function countAll(source: TreeSource, entries: readonly TreeEntry[], signal?: AbortSignal) {
  const wanted = new Map<string, TreeEntry>();
  let room = mostBytes;
  for (const entry of entries)
    if (!wanted.has(entry.blob) && entry.size <= longestFile && (room -= entry.size) >= 0)
      wanted.set(entry.blob, entry);
  const terms = new Map<string, ReadonlyMap<string, number>>();
  // Others must get their turn in between: leases are renewed, and answers given.
  let last = performance.now();
  for await (const { blob, content } of source.read([...wanted.values()])) {
    signal?.throwIfAborted();
    terms.set(blob, countTerms(Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString("utf8")));
    if (performance.now() - last < 20) continue;
    await new Promise((resolve) => setImmediate(resolve));
    last = performance.now();
  }
  return terms;
}
