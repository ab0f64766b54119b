/** Rules that a repository writes itself: in `.codegen.yml`, and in files of `.codegen/rules/`. */
import { createHash } from "node:crypto";
import { isScalar } from "yaml";
import { z } from "zod";
import type { OwnRule, OwnRuleProblem, OwnRules, Place } from "../domain/own-rule.ts";
import { moreMistakes } from "../messages/config-problems.ts";
import { OwnRuleText } from "./own-rule-text.ts";
import { isList, readYaml, type ReadYaml } from "./read-yaml.ts";
import { CodegenConfig } from "./schema.ts";

/** A file as it is on the base branch. */
export interface RuleFile {
  /** `.codegen.yml`, or a path that `isRuleFile` knows. */
  readonly path: string;
  readonly text: string;
}

const mostRules = 50;

/**
 * Reads the rules that a repository brings. Pure and total: a rule with a mistake is told with its place, and the others are read.
 * Whether their patterns are ones, and find what their examples say, the analysers tell.
 */
export function readOwnRules(files: readonly RuleFile[]): {
  readonly rules: OwnRules;
  readonly problems: readonly OwnRuleProblem[];
} {
  const problems: OwnRuleProblem[] = [];
  const rules = new Map<string, OwnRule>();
  for (const file of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const read = rulesOf(file);
    problems.push(...read.problems);
    for (const rule of read.rules) {
      const { path, rule: place } = rule.places;
      const other = rules.get(rule.id);
      if (other !== undefined)
        problems.push({
          path,
          ...place,
          message: `There is a rule \`${nameOf(rule)}\` in ${other.places.path} already. Give one of them another id.`,
        });
      else if (rules.size === mostRules)
        problems.push({
          path,
          ...place,
          message: `There are more than ${mostRules} rules; this one and those behind it are not used.`,
        });
      else rules.set(rule.id, rule);
    }
  }
  const all = [...rules.values()];
  return { rules: { version: versionOf(all), rules: all }, problems };
}

function rulesOf(file: RuleFile): { readonly rules: readonly OwnRule[]; readonly problems: readonly OwnRuleProblem[] } {
  const { path, text } = file;
  if (path === ".codegen.yml") {
    const read = readYaml(text, CodegenConfig);
    // What is wrong with that file is told to everybody who asks for it.
    if (read.state === "invalid") return { rules: [], problems: [] };
    const rules = read.value.analysis.own_rules.map((rule, index) =>
      placed(rule, file, read, ["analysis", "own_rules", index]),
    );
    return { rules, problems: [] };
  }
  if (!isList(text)) {
    const read = readYaml(text, OwnRuleText);
    return read.state === "ok" ? { rules: [placed(read.value, file, read, [])], problems: [] } : failed(path, read);
  }
  const read = readYaml(text, z.array(OwnRuleText).max(mostRules));
  if (read.state === "ok")
    return { rules: read.value.map((rule, index) => placed(rule, file, read, [index])), problems: [] };
  return { rules: goodOnes(file), problems: failed(path, read).problems };
}

/** Of a list in which one is wrong, the others. */
function goodOnes(file: RuleFile): readonly OwnRule[] {
  const read = readYaml(file.text, z.array(z.unknown()).max(mostRules));
  if (read.state === "invalid") return [];
  return read.value.flatMap((each, index) => {
    const rule = OwnRuleText.safeParse(each);
    return rule.success ? [placed(rule.data, file, read, [index])] : [];
  });
}

function failed(path: string, { problems, more = 0 }: Extract<ReadYaml<unknown>, { state: "invalid" }>) {
  const last = problems.at(-1);
  const told = more > 0 && last ? [...problems, { ...last, message: moreMistakes(more) }] : problems;
  return { rules: [], problems: told.map(({ line: at, column, message }) => ({ path, line: at, column, message })) };
}

function placed(
  { id, languages, pattern, message, severity, cwe, examples }: OwnRuleText,
  { path, text }: RuleFile,
  read: Extract<ReadYaml<unknown>, { state: "ok" }>,
  at: readonly (string | number)[],
): OwnRule {
  const placeOf = (...keys: readonly (string | number)[]): Place => read.placeOf([...at, ...keys]);
  return {
    id: `own/${id}`,
    languages,
    severity,
    message,
    ...(cwe === undefined ? {} : { cwe }),
    pattern,
    examples,
    places: {
      path,
      rule: placeOf("id"),
      bad: examples.bad.map((_, index) => placeOf("examples", "bad", index)),
      good: examples.good.map((_, index) => placeOf("examples", "good", index)),
      pattern: patternPlace(text, read.nodeAt([...at, "pattern"]), placeOf("pattern")),
    },
  };
}

/** Where the text of a scalar begins: behind its quote, or on the line below the sign of a block. */
function patternPlace(text: string, node: unknown, key: Place): OwnRule["places"]["pattern"] {
  const kind = isScalar(node) ? node.type : undefined;
  const first = text.split("\n", key.line + 1)[key.line] ?? "";
  const indent = first.length - first.trimStart().length;
  if (kind === "BLOCK_LITERAL" || kind === "BLOCK_FOLDED") return { line: key.line + 1, column: indent + 1, indent };
  return { line: key.line, column: key.column + "pattern: ".length + (kind === "PLAIN" ? 0 : 1), indent };
}

function nameOf({ id }: OwnRule): string {
  return id.slice("own/".length);
}

function versionOf(rules: readonly OwnRule[]): string {
  if (rules.length === 0) return "";
  const text = JSON.stringify(rules.map((rule) => ({ ...rule, places: null })));
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
