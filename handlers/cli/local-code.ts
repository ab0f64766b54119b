import { stat } from "node:fs/promises";
import { relative, resolve } from "node:path";
import type { Analysers } from "../../src/code/analysers.ts";
import { createCodeIndex, type CodeIndex } from "../../src/code/index/code-index.ts";
import { createMemoryStore } from "../../src/code/index/memory-store.ts";
import type { TreeSource } from "../../src/code/index/tree-source.ts";
import { UserError } from "../../src/errors.ts";
import { openFolder } from "../../src/workspace/folder-files.ts";
import { findLocalRepository, type LocalRepository } from "../../src/workspace/local-repository.ts";

export interface LocalCode {
  readonly index: CodeIndex;
  /** Of the whole repository, or of the folder where that lies in none. */
  readonly source: TreeSource;
  /** The folder within the source; empty for all of it. */
  readonly below: string;
  readonly repository: LocalRepository | null;
}

export interface LocalCodeOptions {
  /** Told from time to time how many files have been analysed, when that takes long. */
  readonly progress?: (files: number) => void;
}

/** Between two words on the progress. */
const patienceMs = 3_000;

/**
 * Works with the code of a folder of this machine. Nothing is kept.
 * @param analysers are closed at the end
 * @throws UserError when there is no such folder
 */
export async function withLocalCode<T>(
  folder: string,
  analysers: Analysers,
  work: (code: LocalCode) => Promise<T>,
  { progress }: LocalCodeOptions = {},
): Promise<T> {
  const store = createMemoryStore();
  try {
    const place = resolve(folder);
    const stats = await stat(place).catch(() => null);
    if (stats?.isDirectory() !== true) throw new UserError(`${folder} is no folder that can be read.`);
    const repository = await findLocalRepository(place);
    return await work({
      index: createCodeIndex({ analysers: progress === undefined ? analysers : counted(analysers, progress), store }),
      source: repository?.files ?? openFolder(place),
      below: repository === null ? "" : relative(repository.root, place).replaceAll("\\", "/"),
      repository,
    });
  } finally {
    // They die while the result is shown; the command does not end before them.
    void analysers.close();
    store.close();
  }
}

function counted(analysers: Analysers, progress: (files: number) => void): Analysers {
  let [files, last] = [0, performance.now()];
  return {
    ...analysers,
    analyse: (some, take, options) =>
      analysers.analyse(
        some,
        (written, file) => {
          take(written, file);
          files += 1;
          if (performance.now() - last < patienceMs) return;
          last = performance.now();
          progress(files);
        },
        options,
      ),
  };
}
