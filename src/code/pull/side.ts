import type { Block } from "../extract/blocks.ts";
import type { FileAnalysis } from "../facts.ts";
import type { FileGraph } from "../graph/file-graph.ts";

/** A commit of a pull, as {@link reviewPull} asks for it: everything by path, nothing more than once. */
export interface PullSide {
  /** Every file of the commit. */
  readonly paths: ReadonlySet<string>;
  /** The analyses of these files, all of which are in `paths` and in a language that is understood. */
  analyse(paths: readonly string[]): Promise<ReadonlyMap<string, FileAnalysis>>;
  /** Who takes from whom among all files. */
  graph(): Promise<FileGraph>;
  /** The texts of these files; what is not there, not UTF-8 or longer than 10 MB is absent. */
  read(paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Blocks of the commit's files, without those in `apart`, that have one of these hashes: at most 5,000. */
  alike(hashes: ReadonlySet<number>, apart: ReadonlySet<string>): Promise<readonly PlacedBlock[]>;
}

export interface PlacedBlock extends Block {
  readonly path: string;
}
