/** What a repository wants to be told of: the key `analysis` of `.codegen.yml`. It is read from the base, so that no pull changes how it is judged. */
import type { CodeFinding, FindingSeverity } from "../finding.ts";

export interface ReviewConfig {
  readonly thresholds: Thresholds;
  /** By id, or by family as `security/*`; an id goes before its family. */
  readonly rules: Readonly<Record<string, FindingSeverity | "off">>;
  readonly layers: readonly Layer[];
  /** Globs of files. */
  readonly ignore: readonly string[];
}

/** The most that a function may have; of maintainability the least, of duplication the lines of a copy. */
export interface Thresholds {
  readonly cognitive: number;
  readonly cyclomatic: number;
  readonly lines: number;
  readonly parameters: number;
  readonly nesting: number;
  readonly maintainability: number;
  readonly duplication: number;
}

/** Files of `from` must not import what one of `not` matches: globs of files, or names of packages. */
export interface Layer {
  readonly from: string;
  readonly not: readonly string[];
  readonly because?: string | undefined;
}

/** Findings as the repository wants them: without the rules that are off, and with its severities. */
export function withSeverities<F extends Pick<CodeFinding, "rule" | "severity">>(
  findings: readonly F[],
  rules: ReviewConfig["rules"],
): readonly F[] {
  return findings.flatMap((finding) => {
    const wanted = wantedOf(finding.rule, rules) ?? finding.severity;
    if (wanted === "off") return [];
    return wanted === finding.severity ? [finding] : [{ ...finding, severity: wanted }];
  });
}

function wantedOf(rule: string, rules: ReviewConfig["rules"]): FindingSeverity | "off" | undefined {
  const family = `${rule.slice(0, rule.indexOf("/"))}/*`;
  return [rule, family].filter((name) => Object.hasOwn(rules, name)).map((name) => rules[name])[0];
}

/** Whether a rule is meant by its id or by its family. */
export function isMeant(rule: string, names: readonly string[]): boolean {
  return names.some((name) => name === rule || (name.endsWith("/*") && rule.startsWith(name.slice(0, -1))));
}
