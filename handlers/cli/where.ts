import { text as readAll } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { readCorpus } from "../../src/code/locate/corpus.ts";
import { findTests } from "../../src/code/locate/find-tests.ts";
import { createLocator } from "../../src/code/locate/locate.ts";
import { whereHelp, wherePlaces, type PlaceText } from "../../src/messages/where.ts";
import { readHistory } from "../../src/workspace/history.ts";
import { withLocalCode, type LocalCode } from "./local-code.ts";
import { UsageError, type Subcommand } from "./subcommand.ts";

const mostFiles = 15;
const mostSymbols = 4;
const history = { most: 3_000, timeoutMs: 10_000 };

/** Files and symbols of a folder that a text is about. */
export const where: Subcommand = {
  help: whereHelp,
  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: "boolean", default: false } },
    });
    const [said, path = ".", extra] = positionals;
    if (said === undefined || said.trim() === "") throw new UsageError("It needs a text to look for, in quotes.");
    if (extra !== undefined) throw new UsageError(`It takes no \`${extra}\`: put the text in quotes.`);
    const text = said === "-" ? await readAll(process.stdin) : said;
    return withLocalCode(path, async (code) => {
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
      terminal.out(
        values.json
          ? JSON.stringify({ files: files.length, found: places, tests }, undefined, 2)
          : wherePlaces(places, tests, files.length),
      );
      return found.length === 0 ? 1 : 0;
    });
  },
};

/** What was changed before for the like; a repository without a commit has nothing to tell. */
async function pastOf({ repository }: LocalCode) {
  if (repository === null) return [];
  try {
    return await readHistory(repository.objects, await repository.commitOf("HEAD"), history);
  } catch {
    return [];
  }
}
