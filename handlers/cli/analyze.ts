import { parseArgs } from "node:util";
import { reviewPull, type PullReview } from "../../src/code/pull/review-pull.ts";
import { pullSide } from "../../src/code/pull/side.ts";
import { toSarif } from "../../src/code/pull/to-sarif.ts";
import type { TreeSource } from "../../src/code/index/tree-source.ts";
import { parseConfig } from "../../src/config/load.ts";
import type { CodegenConfig } from "../../src/config/schema.ts";
import { UserError } from "../../src/errors.ts";
import { analyzeHelp, analyzeProgress, analyzeReport } from "../../src/messages/analyze.ts";
import { withLocalCode, type LocalCode } from "./local-code.ts";
import { UsageError, type Subcommand } from "./subcommand.ts";

const formats = ["text", "json", "sarif"] as const;
const configPath = ".codegen.yml";

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
    const review = await withLocalCode(folder, (code) => reviewLocal(code, base), {
      progress: (files) => terminal.err(analyzeProgress(files)),
    });
    if (format === "text") terminal.out(analyzeReport(review, base ?? null));
    else terminal.out(JSON.stringify(format === "json" ? review : toSarif(review, base !== undefined), undefined, 2));
    return review.findings.some(({ severity }) => severity === "error") ? 1 : 0;
  },
};

async function reviewLocal(code: LocalCode, revision: string | undefined): Promise<PullReview> {
  const { index, source, below } = code;
  const config = await readConfig(source);
  const from = revision === undefined ? null : await baseOf(code, revision);
  const before = from && (await index.repository(from));
  const now = await index.repository(source);
  const changed = from === null ? [...now.paths] : await differences(from, source);
  return reviewPull({
    base: from && before && pullSide(index, from, before),
    head: pullSide(index, source, now),
    changed: changed.filter((path) => below === "" || path.startsWith(`${below}/`)),
    config: config.analysis,
  });
}

/** The commit where what lies here left a revision. */
async function baseOf({ repository }: LocalCode, revision: string): Promise<TreeSource> {
  if (repository === null) throw new UserError("--base needs a repository of git, and this folder lies in none.");
  const commit = await repository.commitOf(revision);
  return repository.filesOf((await repository.objects.mergeBase(commit, await repository.commitOf("HEAD"))) ?? commit);
}

/** Paths with other contents, in both directions. */
async function differences(from: TreeSource, to: TreeSource): Promise<readonly string[]> {
  const [old, now] = await Promise.all([from.list(), to.list()]);
  const left = new Map(old.map(({ path, blob }) => [path, blob]));
  const changed = now.filter(({ path, blob }) => left.get(path) !== blob).map(({ path }) => path);
  for (const { path } of now) left.delete(path);
  return [...changed, ...left.keys()];
}

async function readConfig(source: TreeSource): Promise<CodegenConfig> {
  let text: string | null = null;
  for await (const { content } of source.read(await source.list([configPath]))) text = Buffer.from(content).toString();
  const loaded = parseConfig(text);
  if (loaded.state !== "invalid") return loaded.config;
  const problems = loaded.problems.map(({ line, column, message }) => `${configPath}:${line}:${column} ${message}`);
  throw new UserError(problems.join("\n"));
}
