import { text as readAll } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { whereHelp, wherePlaces } from "../../src/messages/where.ts";
import { startLocalAnalysers } from "./local-analysers.ts";
import { UsageError, type Subcommand } from "./subcommand.ts";

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
    const analysers = startLocalAnalysers();
    const { locateInFolder } = await import("./locate-in-folder.ts");
    const { found, tests, files } = await locateInFolder(path, text, analysers);
    terminal.out(
      values.json ? JSON.stringify({ files, found, tests }, undefined, 2) : wherePlaces(found, tests, files),
    );
    return found.length === 0 ? 1 : 0;
  },
};
