/** The configuration and the rules of a tree that has some. Apart, since to load what reads them takes as long as to read some hundred files. */
import { findUnknownRules } from "../../src/code/pull/known-rules.ts";
import type { ReviewConfig } from "../../src/code/pull/review-config.ts";
import { parseConfig } from "../../src/config/load.ts";
import { readOwnRules, type RuleFile } from "../../src/config/own-rules.ts";
import { readRuleNames } from "../../src/config/rule-names.ts";
import type { OwnRuleProblem, OwnRules } from "../../src/domain/own-rule.ts";
import { UserError } from "../../src/errors.ts";
import { analyzeProblem } from "../../src/messages/analyze.ts";
import { moreMistakes } from "../../src/messages/config-problems.ts";

export interface LocalSettings {
  readonly config: ReviewConfig;
  readonly own: OwnRules;
  /** Mistakes in the repository's own rules, and in which it names. */
  readonly problems: readonly OwnRuleProblem[];
}

/** @param configPath which of the files is the configuration @throws UserError when that is wrong */
export function readLocalSettings(files: readonly RuleFile[], configPath: string): LocalSettings {
  const text = files.find(({ path }) => path === configPath)?.text ?? null;
  const loaded = parseConfig(text);
  if (loaded.state === "invalid") {
    const told = loaded.problems.map((problem) => analyzeProblem({ path: configPath, ...problem }));
    throw new UserError([...told, ...(loaded.more === undefined ? [] : [moreMistakes(loaded.more)])].join("\n"));
  }
  const { rules: own, problems } = readOwnRules(files);
  const unknown = findUnknownRules(readRuleNames(text ?? ""), configPath, own);
  return { config: loaded.config.analysis, own, problems: [...problems, ...unknown] };
}
