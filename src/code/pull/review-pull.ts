import { isTestFile } from "../../domain/test-files.ts";
import type { FileAnalysis, FileFacts, StoppedRule } from "../facts.ts";
import { isAttributesFile } from "./attributes.ts";
import { chooseFiles, type LeftOut } from "./choose-files.ts";
import { judgeFindings, type Judged } from "./judge-findings.ts";
import { judgeFunctions } from "./judge-functions.ts";
import { functionsOf, matchFunctions } from "./match-functions.ts";
import { measurePull, type PullMetrics } from "./measure-pull.ts";
import { openFiles, type OpenFile } from "./open-files.ts";
import type { PlacedFinding } from "./placed-finding.ts";
import { reviewCopies } from "./review-copies.ts";
import type { ReviewConfig } from "./review-config.ts";
import { reviewDependencies } from "./review-dependencies.ts";
import { reviewPackages, type NewPackage } from "./review-packages.ts";
import type { PullSide } from "./side.ts";

export interface PullToReview {
  /** Null to look at all of the head as it is. */
  readonly base: PullSide | null;
  readonly head: PullSide;
  /** Every path that differs between the two, gone ones too; all paths of the head when there is no base. */
  readonly changed: readonly string[];
  /** Of the base: a pull does not change how it is judged. */
  readonly config: ReviewConfig;
}

export interface PullReview extends Judged {
  readonly metrics: PullMetrics;
  /** Packages that the repository did not use before, those behind them too. */
  readonly packages: readonly NewPackage[];
  readonly leftOut: readonly LeftOut[];
  /** Rules that did not look at the whole of a file. */
  readonly stopped: readonly (StoppedRule & { readonly path: string })[];
}

const mostAttributes = 200;

/**
 * What a pull makes worse, and better. It costs what the changed files cost, and the two graphs.
 * @throws what the sides throw
 */
export async function reviewPull({ base, head, changed, config }: PullToReview): Promise<PullReview> {
  const trusted = base ?? head;
  const attributes = await trusted.read([...trusted.paths].filter(isAttributesFile).slice(0, mostAttributes));
  const chosen = chooseFiles(changed, { ignore: config.ignore, texts: attributes, paths: trusted.paths });
  const opened = openFiles(
    ...(await Promise.all([base && analysesOf(base, chosen.files), analysesOf(head, chosen.files)])),
  );
  const { renamed } = opened;
  const [old, now] = [factsOf(opened.base), factsOf(opened.head)];

  const functions = { base: allFunctions(old), head: allFunctions(now) };
  const before = matchFunctions(functions.base, functions.head, renamed);
  const { thresholds, layers, rules } = config;
  const excesses = judgeFunctions(functions.base, functions.head, before, { thresholds, renamed, isTest });
  const [copies, dependencies, packages] = await Promise.all([
    reviewCopies({ head, changed, base: old, now, renamed, least: thresholds.duplication + 1, isTest }),
    reviewDependencies({ base, head, changed, sources: [...now.keys()], renamed, layers }),
    reviewPackages({ base, head, changed }),
  ]);

  const apart = dependencies.filter(({ path }) => !now.has(path)).map(({ path }) => path);
  const others = factsOf(openFiles(null, await analysesOf(head, [...new Set(apart)])).head);
  const found = [...opened.findings, ...copies.findings, ...dependencies, ...packages.findings];
  const judged = judgeFindings(
    base && { files: old, findings: [...placed(opened.base), ...excesses.base] },
    { files: now, others, findings: [...placed(opened.head), ...excesses.head, ...found] },
    renamed,
    rules,
  );
  return {
    ...judged,
    metrics: measurePull(
      base && { files: old, functions: functions.base, duplicatedLines: copies.lines.base },
      { files: now, functions: functions.head, duplicatedLines: copies.lines.head },
      renamed,
      before,
    ),
    packages: packages.packages,
    leftOut: [...chosen.leftOut, ...opened.leftOut],
    stopped: [...opened.head].flatMap(([path, { stopped = [] }]) => stopped.map((each) => ({ path, ...each }))),
  };
}

function isTest(path: string): boolean {
  return isTestFile(path, "");
}

async function analysesOf(side: PullSide, paths: readonly string[]): Promise<ReadonlyMap<string, FileAnalysis>> {
  return side.analyse(paths.filter((path) => side.paths.has(path)));
}

function factsOf(files: ReadonlyMap<string, OpenFile>): ReadonlyMap<string, FileFacts> {
  return new Map([...files].map(([path, { facts }]) => [path, facts]));
}

function allFunctions(files: ReadonlyMap<string, FileFacts>) {
  return [...files].flatMap(([path, facts]) => functionsOf(path, facts));
}

function placed(files: ReadonlyMap<string, OpenFile>): readonly PlacedFinding[] {
  return [...files].flatMap(([path, { findings }]) => findings.map((finding) => ({ path, ...finding })));
}
