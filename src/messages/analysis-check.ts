/** The check `analysis`: what a pull adds to the code that a reviewer should see. */
import { severityMark, type FindingText } from "./finding-comment.ts";
import { code, details, fileAddress, inCell, list, plain, sentence } from "./markdown.ts";
import type { CheckEnd, CheckText } from "./validate.ts";

/** What was found, as a person should read it, and as the journal keeps it. */
export interface AnalysisText {
  readonly head: string;
  /** The commit that the head was compared with. */
  readonly base: string;
  /** What the pull adds, the most severe first, without what was declined. */
  readonly findings: readonly PlacedFinding[];
  /** How many there are; more than `findings` where only the first are kept. */
  readonly counts: Readonly<Record<FindingText["severity"], number>>;
  /** Of the pull, but somebody with write access declined them. */
  readonly declined: readonly PlacedFinding[];
  /** How many the base has and the head has not. */
  readonly gone: number;
  /** Changed files that were read. */
  readonly files: number;
  readonly metrics: readonly MetricText[];
  /** Changed files of which nothing is known, with the reason. */
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
  /** Findings from which comments in the code tell to look away. */
  readonly ignored: readonly {
    readonly path: string;
    readonly line: number;
    readonly rule: string;
    readonly severity: FindingText["severity"];
    readonly reason: string;
    /** The comment came with the pull. */
    readonly byPull: boolean;
  }[];
  /** Rules that did not look at the whole of a file. */
  readonly stopped: readonly { readonly path: string; readonly rule: string; readonly reason: string }[];
  /** Mistakes in rules of the repository, on its base branch. */
  readonly problems: readonly {
    readonly path: string;
    readonly line: number;
    readonly column: number;
    readonly message: string;
  }[];
  /** Packages that come behind those which the pull asks for. */
  readonly packages: readonly { readonly name: string; readonly licence: string | null }[];
  readonly ms: number;
}

export interface PlacedFinding extends FindingText {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
}

/** A measure of the changed files, on both sides; null where a side has none. */
export interface MetricText {
  readonly measure: keyof typeof measures;
  readonly base: number | null;
  readonly head: number | null;
}

const measures = {
  functions: "functions",
  lines: "lines",
  cyclomatic: "cyclomatic complexity",
  cognitive: "cognitive complexity",
  nesting: "deepest nesting",
  maintainability: "maintainability, of 100",
  duplicatedLines: "lines that stand twice",
} as const;

export function analysisStarted(head: string): CheckText {
  return {
    title: "Reading the code",
    summary: `The changed files at ${code(head.slice(0, 7))} are read and compared with those where the pull began. Nothing of them is run.`,
  };
}

/** Errors fail. Warnings do not stand in the way, nor do errors that the pull itself tells to look away from: but that is no success. */
export function analysisVerdict({
  counts,
  ignored,
}: Pick<AnalysisText, "counts" | "ignored">): "failure" | "neutral" | "success" {
  if (counts.error > 0) return "failure";
  const isHidden = ignored.some(({ byPull, severity }) => byPull && severity === "error");
  return counts.warning > 0 || isHidden ? "neutral" : "success";
}

/** `2 errors, 1 warning`; null for none. */
export function countsInShort({ counts }: Pick<AnalysisText, "counts">): string | null {
  const parts = (["error", "warning", "notice"] as const).flatMap((severity) =>
    counts[severity] === 0 ? [] : [`${counts[severity]} ${severity}${counts[severity] === 1 ? "" : "s"}`],
  );
  return parts.length === 0 ? null : parts.join(", ");
}

export function analysisFinished(analysis: AnalysisText, webUrl: string): CheckEnd {
  const { base, head, findings, declined, files, gone, leftOut, metrics, ignored } = analysis;
  const short = countsInShort(analysis);
  const number = files === 0 ? "the changed files" : files === 1 ? "1 changed file" : `${files} changed files`;
  const total = analysis.counts.error + analysis.counts.warning + analysis.counts.notice;
  const looked = ignored.filter(({ byPull }) => byPull).length;
  const hidden = looked === 0 ? "" : `, ${looked} that the pull tells to look away from`;
  const since = `${code(base.slice(0, 7))}, where the pull began`;
  const parts = [
    short === null
      ? `Nothing new in ${number}, compared with ${since}.`
      : `**${short}** that this pull adds, in ${number}, compared with ${since}.`,
    ...(gone === 0 ? [] : [`✨ It takes ${gone === 1 ? "one finding" : `${gone} findings`} away.`]),
    ...(findings.length === 0 ? [] : [tableOf(findings, total, webUrl, head)]),
    ...(declined.length === 0
      ? []
      : [details(`Declined (${declined.length})`, tableOf(declined, declined.length, webUrl, head))]),
    ...metricsOf(metrics),
    ...notesOf(analysis),
    ...leftOutOf(leftOut),
  ];
  return {
    verdict: analysisVerdict(analysis),
    text: {
      title: `${short === null ? `Nothing new in ${number}` : `New: ${short}`}${hidden}`,
      summary: parts.join("\n\n"),
    },
  };
}

/** It could not be done. That says nothing about the pull, which neither passes nor fails by it. */
export function analysisNotDone(reason: string, isFault: boolean): CheckEnd {
  return {
    verdict: isFault ? "cancelled" : "action_required",
    text: {
      title: isFault ? "Not analysed: a fault of the bot" : "Could not be analysed",
      summary: `${sentence(reason)} That says nothing about the pull. Re-run this check, or comment \`/codegen retry\`, to try again.`,
    },
  };
}

/** What an agent is told that is sent after the findings: one paragraph for each. */
export function analysisCause({ findings }: Pick<AnalysisText, "findings">): string {
  return findings
    .filter(({ severity }) => severity === "error")
    .map(({ path, startLine, rule, message }) => `${path}:${startLine}: ${rule}: ${message}`)
    .join("\n");
}

/** Rows of a table; beside the lines there are more. */
const mostRows = 50;
/** Of each list. */
const mostLines = 50;
const mostPackages = 20;

function tableOf(findings: readonly PlacedFinding[], total: number, webUrl: string, head: string): string {
  const rows = findings.slice(0, mostRows).map(({ severity, rule, path, startLine, message }) => {
    const place = `[${cell(`${path}:${startLine}`)}](${fileAddress(webUrl, head, path)}#L${startLine})`;
    return `| ${severityMark[severity]} | ${cell(rule)} | ${place} | ${inCell(message)} |`;
  });
  const more = total - rows.length;
  const beside = findings.length - rows.length;
  const rest =
    more === 0 ? [] : [`… and ${more} more${beside > 0 ? `, of which ${beside} stand beside the lines` : ""}.`];
  return [["| | rule | place | |", "|---|---|---|---|", ...rows].join("\n"), ...rest].join("\n\n");
}

function metricsOf(metrics: readonly MetricText[]): readonly string[] {
  if (metrics.length === 0) return [];
  const rows = metrics.map(({ measure, base, head }) => {
    const difference = base === null || head === null ? "" : signed(head - base);
    return `| ${measures[measure]} | ${amount(base)} | ${amount(head)} | ${difference} |`;
  });
  return [["| changed files | before | now | |", "|---|--:|--:|--:|", ...rows].join("\n")];
}

/** What no finding says and a reviewer should know. */
function notesOf({ ignored, stopped, packages, problems }: AnalysisText): readonly string[] {
  const own = ignored.filter(({ byPull }) => byPull);
  const lookAway = (each: readonly (typeof ignored)[number][]) =>
    capped(
      each.map(({ path, line, rule, reason }) => `${code(`${path}:${line}`)} from ${code(rule)}: ${sentence(reason)}`),
    );
  const before = ignored.filter(({ byPull }) => !byPull);
  const unfinished = stopped.map(({ path, rule, reason }) => `${code(rule)} in ${code(path)}: ${sentence(reason)}`);
  const mistakes = problems.map(
    ({ path, line, column, message }) => `${code(path)}, line ${line}, column ${column}: ${sentence(message)}`,
  );
  const names = packages
    .slice(0, mostPackages)
    .map(({ name, licence }) => `${code(name)} (${plain(licence ?? "licence unknown")})`);
  const more = packages.length > names.length ? ` and ${packages.length - names.length} more` : "";
  return [
    ...(own.length === 0 ? [] : [`👀 **Comments of this pull tell to look away**\n${lookAway(own)}`]),
    ...(before.length === 0 ? [] : [details(`Comments that tell to look away (${before.length})`, lookAway(before))]),
    ...(unfinished.length === 0 ? [] : [`⚠️ **Rules that could not look at a whole file**\n${capped(unfinished)}`]),
    ...(mistakes.length === 0
      ? []
      : [`⚠️ **Rules of this repository with mistakes**, on its base branch; they were not used\n${capped(mistakes)}`]),
    ...(names.length === 0 ? [] : [`📦 With its new packages come ${names.join(", ")}${more}.`]),
  ];
}

function leftOutOf(leftOut: AnalysisText["leftOut"]): readonly string[] {
  if (leftOut.length === 0) return [];
  const lines = leftOut.map(({ path, reason }) => `${code(path)}: ${sentence(reason)}`);
  return [details(`Not looked into (${leftOut.length})`, capped(lines))];
}

function capped(lines: readonly string[]): string {
  const more = lines.length > mostLines ? [`… and ${lines.length - mostLines} more`] : [];
  return list([...lines.slice(0, mostLines), ...more]);
}

function amount(value: number | null): string {
  return value === null ? "–" : value.toLocaleString("en", { maximumFractionDigits: 1 });
}

function signed(difference: number): string {
  const text = amount(Math.abs(difference));
  if (text === "0") return "";
  return difference > 0 ? `+${text}` : `−${text}`;
}

function cell(text: string): string {
  return code(text.replaceAll("|", "\\|"));
}
