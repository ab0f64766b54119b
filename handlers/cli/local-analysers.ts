import { availableParallelism } from "node:os";
import { createAnalysers, type Analysers } from "../../src/code/analysers.ts";
import { startAnalyser } from "../../src/code/start-analyser.ts";
import { compiledFolder } from "./compiled.ts";

/**
 * Analysers as processes of this user. Nobody asks for the code of a folder without any, so they start at once, while what works with them is still
 * loaded: that is why commands load it later.
 */
export function startLocalAnalysers(): Analysers {
  const processes = Math.min(4, availableParallelism());
  const analysers = createAnalysers({ start: () => startAnalyser("native", compiledFolder()), processes });
  void analysers.prepare(Infinity);
  return analysers;
}
