/** The places that `codegen where` shows. */
import type { Analysers } from "../../src/code/analysers.ts";
import { readCorpus } from "../../src/code/locate/corpus.ts";
import { findTests } from "../../src/code/locate/find-tests.ts";
import { createLocator } from "../../src/code/locate/locate.ts";
import type { PlaceText } from "../../src/messages/where.ts";
import { readHistory } from "../../src/workspace/history.ts";
import { withLocalCode, type LocalCode } from "./local-code.ts";

const mostFiles = 15;
const mostSymbols = 4;
const history = { most: 3_000, timeoutMs: 10_000 };

export interface LocatedInFolder {
  readonly found: readonly PlaceText[];
  readonly tests: Awaited<ReturnType<typeof findTests>>;
  /** That were looked through. */
  readonly files: number;
}

/**
 * @param analysers are closed at the end
 * @throws UserError when there is no such folder
 */
export async function locateInFolder(folder: string, text: string, analysers: Analysers): Promise<LocatedInFolder> {
  return withLocalCode(folder, analysers, async (code) => {
    const { files, repository } = await readCorpus(code.index, code.source, { below: code.below });
    const found = createLocator(files, await pastOf(code)).locate(text, mostFiles);
    const symbolsOf = new Map(files.map((file) => [file.path, file.symbols]));
    const graph = code.index.symbols(code.source, repository);
    const tests = await findTests(graph, found, (file) => symbolsOf.get(file) ?? []);
    const places = found.map(({ path: file, reasons, symbols }): PlaceText => ({
      path: file,
      reasons,
      symbols: symbols
        .slice(0, mostSymbols)
        .map(({ symbol: { name, startLine, endLine }, reason }) => ({ name, startLine, endLine, reason })),
    }));
    return { found: places, tests, files: files.length };
  });
}

/** What was changed before for the like; a repository without a commit has nothing to tell. */
async function pastOf({ repository }: LocalCode) {
  if (repository === null) return [];
  try {
    return await readHistory(repository.objects, await repository.commitOf("HEAD"), history);
  } catch {
    return [];
  }
}
