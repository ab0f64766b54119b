/** The review that `codegen analyze` shows. */
import type { Analysers } from "../../src/code/analysers.ts";
import type { FileAnalysis } from "../../src/code/facts.ts";
import { reviewPull, type PullReview } from "../../src/code/pull/review-pull.ts";
import { pullSide, type PullSide } from "../../src/code/pull/side.ts";
import type { TreeSource } from "../../src/code/index/tree-source.ts";
import type { RuleFile } from "../../src/config/own-rules.ts";
import { analysisDefaults } from "../../src/domain/analysis-defaults.ts";
import { isRuleFile, noOwnRules, type OwnRuleProblem } from "../../src/domain/own-rule.ts";
import { decodeUtf8 } from "../../src/domain/utf8.ts";
import { UserError } from "../../src/errors.ts";
import { analyzeProblem } from "../../src/messages/analyze.ts";
import { notUtf8 } from "../../src/messages/config-problems.ts";
import type { LocalSettings } from "./local-settings.ts";
import { withLocalCode, type LocalCode, type LocalCodeOptions } from "./local-code.ts";

const configPath = ".codegen.yml";

export interface Reviewed {
  readonly review: PullReview;
  /** Mistakes in the repository's own rules, and in which it names. */
  readonly problems: readonly OwnRuleProblem[];
}

/**
 * @param revision only what the files add to the commit where they left it counts, if there is one
 * @param analysers are closed at the end
 * @throws UserError when there is no such folder or revision, or its configuration is wrong
 */
export async function reviewFolder(
  folder: string,
  revision: string | undefined,
  analysers: Analysers,
  options: LocalCodeOptions,
): Promise<Reviewed> {
  return withLocalCode(folder, analysers, (code) => reviewLocal(code, revision), options);
}

async function reviewLocal(code: LocalCode, revision: string | undefined): Promise<Reviewed> {
  const { index, source, below } = code;
  const { config, own, problems } = await readSettings(source);
  const checked = await index.check(own);
  const options = { own: checked.rules };
  const from = revision === undefined ? null : await baseOf(code, revision);
  const before = from && (await index.repository(from));
  // Taken as they come, while the analysers are busy: then they need not be read from the store.
  const known = from === null ? await index.files(source, undefined, options) : new Map<string, FileAnalysis>();
  const now = await index.repository(source);
  const changed = from === null ? [...now.paths] : await differences(from, source);
  const review = await reviewPull({
    base: from && before && pullSide(index, from, before, options),
    head: withKnown(pullSide(index, source, now, options), known),
    changed: changed.filter((path) => below === "" || path.startsWith(`${below}/`)),
    config,
  });
  return { review, problems: [...problems, ...checked.problems] };
}

function withKnown(side: PullSide, known: ReadonlyMap<string, FileAnalysis>): PullSide {
  return {
    ...side,
    async analyse(paths) {
      const wanted = new Set(paths);
      const others = paths.filter((path) => !known.has(path));
      return new Map([
        ...[...known].filter(([path]) => wanted.has(path)),
        ...(others.length === 0 ? [] : await side.analyse(others)),
      ]);
    },
  };
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
async function readSettings(source: TreeSource): Promise<LocalSettings> {
  const entries = (await source.list()).filter(({ path }) => path === configPath || isRuleFile(path));
  if (entries.length === 0) return { config: analysisDefaults, own: noOwnRules, problems: [] };
  const paths = Map.groupBy(entries, ({ blob }) => blob);
  const files: RuleFile[] = [];
  for await (const { blob, content } of source.read([...paths.values()].flatMap(([first]) => first ?? [])))
    for (const { path } of paths.get(blob) ?? []) files.push({ path, text: textOf(path, content) });
  const { readLocalSettings } = await import("./local-settings.ts");
  return readLocalSettings(files, configPath);
}

function textOf(path: string, content: Uint8Array): string {
  const text = decodeUtf8(content);
  if (typeof text === "string") return text;
  throw new UserError(analyzeProblem({ path, line: text.line, column: text.column, message: notUtf8(text) }));
}
