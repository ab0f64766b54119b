import { parseArgs } from "node:util";
import { findUnknownRules } from "../../src/code/pull/known-rules.ts";
import { reviewPull, type PullReview } from "../../src/code/pull/review-pull.ts";
import { pullSide } from "../../src/code/pull/side.ts";
import { toSarif } from "../../src/code/pull/to-sarif.ts";
import type { TreeSource } from "../../src/code/index/tree-source.ts";
import { parseConfig } from "../../src/config/load.ts";
import { isRuleFile, readOwnRules, type RuleFile } from "../../src/config/own-rules.ts";
import { readRuleNames } from "../../src/config/rule-names.ts";
import type { OwnRuleProblem } from "../../src/domain/own-rule.ts";
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
    const { review, problems } = await withLocalCode(folder, (code) => reviewLocal(code, base), {
      progress: (files) => terminal.err(analyzeProgress(files)),
    });
    for (const problem of problems) terminal.err(problemLine(problem));
    if (format === "text") terminal.out(analyzeReport(review, base ?? null));
    else terminal.out(JSON.stringify(format === "json" ? review : toSarif(review, base !== undefined), undefined, 2));
    return problems.length > 0 || review.findings.some(({ severity }) => severity === "error") ? 1 : 0;
  },
};

interface Reviewed {
  readonly review: PullReview;
  /** Mistakes in the repository's own rules, and in which it names. */
  readonly problems: readonly OwnRuleProblem[];
}

async function reviewLocal(code: LocalCode, revision: string | undefined): Promise<Reviewed> {
  const { index, source, below } = code;
  const { config, own, problems } = await readSettings(source);
  const checked = await index.check(own);
  const options = { own: checked.rules };
  const from = revision === undefined ? null : await baseOf(code, revision);
  const before = from && (await index.repository(from));
  const now = await index.repository(source);
  const changed = from === null ? [...now.paths] : await differences(from, source);
  const review = await reviewPull({
    base: from && before && pullSide(index, from, before, options),
    head: pullSide(index, source, now, options),
    changed: changed.filter((path) => below === "" || path.startsWith(`${below}/`)),
    config: config.analysis,
  });
  return { review, problems: [...problems, ...checked.problems] };
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

/** The configuration and the rules of the tree itself. */
async function readSettings(source: TreeSource) {
  const entries = (await source.list()).filter(({ path }) => path === configPath || isRuleFile(path));
  const paths = Map.groupBy(entries, ({ blob }) => blob);
  const files: RuleFile[] = [];
  for await (const { blob, content } of source.read([...paths.values()].flatMap(([first]) => first ?? [])))
    for (const { path } of paths.get(blob) ?? []) files.push({ path, text: Buffer.from(content).toString() });
  const text = files.find(({ path }) => path === configPath)?.text ?? null;
  const loaded = parseConfig(text);
  if (loaded.state === "invalid")
    throw new UserError(loaded.problems.map((problem) => problemLine({ path: configPath, ...problem })).join("\n"));
  const { rules: own, problems } = readOwnRules(files);
  const unknown = findUnknownRules(readRuleNames(text ?? ""), configPath, own);
  return { config: loaded.config, own, problems: [...problems, ...unknown] };
}

function problemLine({ path, line, column, message }: OwnRuleProblem): string {
  return `${path}:${line}:${column} ${message}`;
}
