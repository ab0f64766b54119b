import type { OwnRuleProblem, OwnRules, Place } from "../../domain/own-rule.ts";
import { catalogue } from "../rules/catalogue.ts";
import { secretRule } from "../rules/secrets.ts";
import { isMeant } from "./review-config.ts";

/** What is told of a pull besides what the rules find in its files. */
export const pullRules: readonly string[] = [
  "analysis/bad-ignore",
  "analysis/left-out",
  "analysis/unused-ignore",
  "dependencies/cycle",
  "dependencies/layer",
  "dependencies/new-package",
  "dependencies/unused-export",
  "quality/cognitive",
  "quality/cyclomatic",
  "quality/duplication",
  "quality/lines",
  "quality/maintainability",
  "quality/nesting",
  "quality/parameters",
];

/** Which of the rules and families that a configuration names there are not, as problems of that file. */
export function findUnknownRules(
  names: readonly (Place & { readonly name: string })[],
  path: string,
  own: OwnRules,
): readonly OwnRuleProblem[] {
  const known = [...pullRules, ...[secretRule, ...catalogue, ...own.rules].map(({ id }) => id)];
  return names
    .filter(({ name }) => !known.some((id) => isMeant(id, [name])))
    .map(({ name, line, column }) => ({
      path,
      line,
      column,
      message: `\`analysis.rules\` names \`${name}\`, and there is no such ${name.endsWith("/*") ? "family" : "rule"}, so this line changes nothing.`,
    }));
}
