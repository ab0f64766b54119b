import { createHash } from "node:crypto";
import type { CodeFinding } from "../../../src/code/finding.ts";
import { bySeverity } from "../../../src/code/pull/judge-findings.ts";
import type { PullReview } from "../../../src/code/pull/review-pull.ts";
import type { OwnRuleProblem } from "../../../src/domain/own-rule.ts";
import type { AnalysisText, MetricText, PlacedFinding } from "../../../src/messages/analysis-check.ts";
import type { AnalysisResult } from "../command-result.ts";

export interface Reviewed {
  readonly review: PullReview;
  /** Of the rules that the repository brings. */
  readonly problems: readonly OwnRuleProblem[];
  /** Of those that it would bring with this pull. */
  readonly proposed: readonly OwnRuleProblem[];
}

/** So many findings are kept and stand beside the lines; the rest is counted. */
const mostFindings = 500;
/** Of every other list. */
const mostLines = 200;

/** A review as the journal keeps it and people read it. @param reviewed.declined fingerprints */
export function toAnalysis(
  { review, problems, proposed, declined }: Reviewed & { readonly declined: ReadonlySet<string> },
  facts: Pick<AnalysisText, "head" | "base" | "ms">,
): Extract<AnalysisResult, { kind: "analysed" }>["analysis"] {
  const isDeclined = ({ fingerprint }: PlacedFinding) => declined.has(fingerprint);
  const all = [...review.findings, ...proposed.map(toFinding)].toSorted(bySeverity);
  const findings = all.filter((finding) => !isDeclined(finding));
  const count = (severity: PlacedFinding["severity"]) => findings.filter((one) => one.severity === severity).length;
  const few = <T>(list: readonly T[]) => list.slice(0, mostLines);
  return {
    ...facts,
    problems: few(problems),
    findings: findings.slice(0, mostFindings),
    counts: { error: count("error"), warning: count("warning"), notice: count("notice") },
    declined: few(all.filter(isDeclined)).map(toPlaced),
    gone: review.resolved.length,
    files: review.metrics.total.head?.files ?? 0,
    metrics: metricsOf(review),
    leftOut: few(review.leftOut).map(({ path, reason }) => ({ path, reason })),
    ignored: few(review.ignored.toSorted((one, other) => Number(other.byPull) - Number(one.byPull))).map(
      ({ finding: { path, rule, severity }, line, reason, byPull }) => ({ path, line, rule, severity, reason, byPull }),
    ),
    stopped: few(review.stopped).map(({ path, rule, reason }) => ({ path, rule, reason })),
    packages: few(review.packages.filter(({ direct }) => !direct)).map(({ name, licence }) => ({ name, licence })),
  };
}

/** A rule that would not work once it is merged. */
function toFinding({ path, line, message }: OwnRuleProblem): CodeFinding {
  const rule = "analysis/bad-rule";
  const fingerprint = createHash("sha256").update(`${rule}:${path}:${message}`).digest("hex").slice(0, 20);
  const at = { path, startLine: line, endLine: line, symbol: "", anchor: "" };
  return { ...at, rule, severity: "warning", message, fingerprint };
}

function toPlaced(finding: PlacedFinding): PlacedFinding {
  const { rule, severity, message, cwe, fingerprint, path, startLine, endLine } = finding;
  return { rule, severity, message, cwe, fingerprint, path, startLine, endLine };
}

const measures = [
  "functions",
  "lines",
  "cyclomatic",
  "cognitive",
  "nesting",
  "maintainability",
  "duplicatedLines",
] as const satisfies readonly MetricText["measure"][];

/** What is nothing on both sides is not worth a line. */
function metricsOf({ metrics: { total } }: PullReview): readonly MetricText[] {
  const { base, head } = total;
  if (head === null || head.files === 0) return [];
  return measures
    .map((measure) => ({ measure, base: base === null ? null : base[measure], head: head[measure] }))
    .filter((one) => (one.base ?? 0) !== 0 || (one.head ?? 0) !== 0);
}
