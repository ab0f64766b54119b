import type { OwnRules } from "../../domain/own-rule.ts";
import type { CodeIndex, IndexOptions } from "../index/code-index.ts";
import type { PlacedBlock } from "../index/find-alike.ts";
import type { Repository } from "../index/repository.ts";
import type { TreeSource } from "../index/tree-source.ts";
import type { FileAnalysis } from "../facts.ts";
import type { FileGraph } from "../graph/file-graph.ts";

/** A commit of a pull, or a folder, as {@link reviewPull} asks for it. */
export interface PullSide {
  /** Every file. */
  readonly paths: ReadonlySet<string>;
  /** Who takes from whom among all files. */
  readonly graph: FileGraph;
  /** The analyses of these files; of what is not there, or in no language that is understood, there is none. */
  analyse(paths: readonly string[]): Promise<ReadonlyMap<string, FileAnalysis>>;
  /** The texts of these files; what is not there, no file, or longer than 10 MB is absent. */
  read(paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Blocks of the files but those in `apart` that have one of these hashes: at most 5,000. */
  alike(hashes: ReadonlySet<number>, apart: ReadonlySet<string>): readonly PlacedBlock[];
}

const largestText = 10_000_000;

/** A side over what an index knows. @param repository of that source, as the index gave it */
export function pullSide(
  index: CodeIndex,
  source: TreeSource,
  repository: Repository,
  options: IndexOptions & { readonly own?: OwnRules } = {},
): PullSide {
  const { paths, graph } = repository;
  const list = (wanted: readonly string[]) => {
    const there = wanted.filter((path) => paths.has(path));
    return there.length === 0 ? [] : source.list(there);
  };
  return {
    paths,
    graph,
    analyse: async (wanted) => index.files(source, await list(wanted), options),
    async read(wanted) {
      const entries = (await list(wanted)).filter(({ kind, size }) => kind === "file" && size <= largestText);
      const byBlob = Map.groupBy(entries, ({ blob }) => blob);
      const texts = new Map<string, string>();
      if (entries.length === 0) return texts;
      for await (const { blob, content } of source.read([...byBlob.values()].flatMap(([first]) => first ?? [])))
        for (const { path } of byBlob.get(blob) ?? []) texts.set(path, new TextDecoder().decode(content));
      return texts;
    },
    alike: (hashes, apart) => index.alike(repository, hashes, apart),
  };
}
