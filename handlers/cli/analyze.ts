import { parseArgs } from "node:util";
import { analyzeHelp, analyzeProblem, analyzeProgress, analyzeReport } from "../../src/messages/analyze.ts";
import { startLocalAnalysers } from "./local-analysers.ts";
import { UsageError, type Subcommand } from "./subcommand.ts";

const formats = ["text", "json", "sarif"] as const;

/** What there is to say of the code of a folder, or of what it adds to a commit. */
export const analyze: Subcommand = {
  help: analyzeHelp,
  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { base: { type: "string" }, format: { type: "string", default: "text" } },
    });
    const [folder = ".", extra] = positionals;
    if (extra !== undefined) throw new UsageError(`It takes one folder, and no \`${extra}\`.`);
    const format = formats.find((each) => each === values.format);
    if (format === undefined)
      throw new UsageError(`There is no format \`${values.format}\`: only ${formats.join(", ")}.`);
    const { base } = values;
    const analysers = startLocalAnalysers();
    const { reviewFolder } = await import("./review-folder.ts");
    const { review, problems } = await reviewFolder(folder, base, analysers, {
      progress: (files) => terminal.err(analyzeProgress(files)),
    });
    for (const problem of problems) terminal.err(analyzeProblem(problem));
    if (format === "text") terminal.out(analyzeReport(review, base ?? null));
    else if (format === "json") terminal.out(JSON.stringify(review));
    else {
      const { toSarif } = await import("../../src/code/pull/to-sarif.ts");
      terminal.out(JSON.stringify(toSarif(review, base !== undefined)));
    }
    return problems.length > 0 || review.findings.some(({ severity }) => severity === "error") ? 1 : 0;
  },
};
