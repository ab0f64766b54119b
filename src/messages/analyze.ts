/** What `codegen analyze` says, as plain text for a terminal. */
import type { OwnRuleProblem } from "../domain/own-rule.ts";
import { terminalLines } from "../domain/terminal-text.ts";

export const analyzeHelp = `codegen analyze [FOLDER] [--base REV] [--format text|json|sarif]

Looks at the code below a folder, by default this one, as the check \`codegen / analysis\` does for a pull: security and correctness,
complexity, copies, dependencies. Nothing of the code is run, and nothing is sent anywhere.

--base REV    only what the files as they lie here add to the commit where they left REV, such as main: findings that stood there
              before, moved or not, are not told
--format      text for people, json with all numbers, sarif (2.1.0) for other tools

\`.codegen.yml\` and \`.codegen/rules\` of the folder's repository count as they lie there.

Exit code 0: no finding is an error. 1: some are, or a rule is wrong, or it could not be done, which is said. 2: the line makes no sense.`;

/** A mistake in what the repository says of its analysis. */
export function analyzeProblem({ path, line, column, message }: OwnRuleProblem): string {
  return `${path}:${line}:${column} ${message}`;
}

export interface AnalyzeText {
  /** The most severe first. */
  readonly findings: readonly {
    readonly rule: string;
    readonly severity: "notice" | "warning" | "error";
    readonly path: string;
    readonly startLine: number;
    readonly message: string;
    readonly cwe?: number;
  }[];
  readonly resolved: readonly unknown[];
  readonly ignored: readonly {
    readonly finding: { readonly rule: string; readonly path: string };
    readonly line: number;
    readonly reason: string;
    readonly byPull: boolean;
  }[];
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
  readonly stopped: readonly { readonly path: string; readonly rule: string; readonly reason: string }[];
  readonly metrics: { readonly total: { readonly base: Numbers | null; readonly head: Numbers | null } };
}

interface Numbers {
  readonly files: number;
  readonly functions: number;
  readonly lines: number;
  readonly cognitive: number;
  readonly duplicatedLines: number;
}

/** Of each list. */
const most = 10;

/** @param base what it was compared with, if anything */
export function analyzeReport(review: AnalyzeText, base: string | null): string {
  const { findings, resolved, ignored, leftOut, stopped, metrics } = review;
  const groups = Map.groupBy(findings, ({ path }) => path);
  const places = [...groups].map(([path, group]) => [shown(path), ...group.map(lineOf)].join("\n"));
  const facts = [
    countsOf(findings, base),
    ...(resolved.length === 0
      ? []
      : [`${resolved.length} found in ${base ?? "the base"} ${resolved.length === 1 ? "is" : "are"} gone.`]),
    ...ignoredOf(ignored),
    numbersOf(metrics.total),
    ...leftOutOf(leftOut),
    ...stopped.map(({ path, rule, reason }) => shown(`${path}: ${rule}: ${reason}`)),
  ];
  return [...places, facts.join("\n")].join("\n\n");
}

/** While many files are read. */
export function analyzeProgress(files: number): string {
  return `${files.toLocaleString("en")} files read …`;
}

function lineOf({ startLine, severity, rule, message, cwe }: AnalyzeText["findings"][number]): string {
  const weakness = cwe === undefined ? "" : ` (CWE-${cwe})`;
  return `${String(startLine).padStart(6)}  ${severity.padEnd(7)}  ${shown(rule)}${weakness}  ${shown(message)}`;
}

function countsOf(findings: AnalyzeText["findings"], base: string | null): string {
  const since = base === null ? "" : ` that ${base} does not have`;
  if (findings.length === 0) return base === null ? "Nothing was found." : `Nothing was found${since}.`;
  const counts = (["error", "warning", "notice"] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}${count === 1 ? "" : "s"}`];
  });
  return `${counts.join(", ")}${since}.`;
}

function numbersOf({ base, head }: AnalyzeText["metrics"]["total"]): string {
  const numbers = head ?? { files: 0, functions: 0, lines: 0, cognitive: 0, duplicatedLines: 0 };
  const change = (key: keyof Numbers) => {
    const difference = base === null ? 0 : numbers[key] - base[key];
    return difference === 0 ? "" : ` (${difference > 0 ? "+" : "−"}${Math.abs(difference).toLocaleString("en")})`;
  };
  const said = (key: keyof Numbers, what: string) => `${numbers[key].toLocaleString("en")} ${what}${change(key)}`;
  const share = numbers.lines === 0 ? 0 : (100 * numbers.duplicatedLines) / numbers.lines;
  return [
    said("files", numbers.files === 1 ? "file" : "files"),
    said("functions", "functions"),
    said("lines", "lines"),
    said("cognitive", "cognitive complexity"),
    `${share.toFixed(1)} % of the lines stand twice`,
  ].join(", ");
}

function ignoredOf(ignored: AnalyzeText["ignored"]): readonly string[] {
  if (ignored.length === 0) return [];
  const lines = ignored
    .toSorted((one, other) => Number(other.byPull) - Number(one.byPull))
    .map(({ finding: { rule, path }, line, reason, byPull }) =>
      shown(`${path}:${line}: ${rule}: ${reason}${byPull ? " (a new comment)" : ""}`),
    );
  return [`Comments tell to look away: ${ignored.length}.`, ...capped(lines)];
}

function capped(lines: readonly string[]): readonly string[] {
  const more = lines.length > most ? [`… and ${lines.length - most} more, which --format json names`] : [];
  return [...lines.slice(0, most), ...more].map((line) => `  ${line}`);
}

function leftOutOf(leftOut: AnalyzeText["leftOut"]): readonly string[] {
  if (leftOut.length === 0) return [];
  return [
    `Not looked into: ${leftOut.length} ${leftOut.length === 1 ? "file" : "files"}.`,
    ...capped(leftOut.map(({ path, reason }) => shown(`${path}: ${reason}`))),
  ];
}

/** On one line and without what would move a terminal's cursor. */
function shown(text: string): string {
  return terminalLines(text, { longest: 1_000 }).join(" ");
}
