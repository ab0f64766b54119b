/** The one comment of a pull that sums up its checks, edited in place from head to head. */
import { analysisVerdict, countsInShort, type AnalysisText } from "./analysis-check.ts";
import { coverageInShort } from "./coverage.ts";
import { code, details, inCell, list, plain } from "./markdown.ts";
import type { Message } from "./message.ts";
import { flakyName, flakyTimes } from "./report.ts";
import { secretsInShort, type SecretsDenied } from "./secrets.ts";
import { isKnown, resultInShort, seconds, verdictOf, type CommandOutcome } from "./validate.ts";

/** One check of the head, as its newest result has it. */
export type CheckLine = { readonly name: string } & (
  | { readonly end: "ran"; readonly outcome: CommandOutcome; readonly checkRun: number }
  /** Not run; the outcome is that of the set-up. */
  | { readonly end: "setup-failed"; readonly outcome: CommandOutcome; readonly checkRun: number }
  | { readonly end: "need-failed"; readonly need: string; readonly checkRun: number }
  | { readonly end: "no-secrets"; readonly denied: SecretsDenied; readonly checkRun: number }
  | { readonly end: "analysed"; readonly analysis: AnalysisText; readonly checkRun: number }
  | { readonly end: "not-analysed"; readonly reason: string; readonly checkRun: number }
  /** It began anew and came to no end. */
  | { readonly end: "interrupted"; readonly checkRun: number }
  | { readonly end: "skipped" }
);

export interface SummaryText {
  readonly head: string;
  /** Of the repository on GitHub. */
  readonly webUrl: string;
  readonly checks: readonly CheckLine[];
  /** An agent can be asked to mend this pull. */
  readonly agent: boolean;
}

/** The marker by which it is found again, whichever head it was about. */
export const summaryMarker = "checks";

/** Whether the checks say more than that all is well. */
export function hasNews({ checks }: Pick<SummaryText, "checks">): boolean {
  return checks.some((check) => {
    if (check.end === "skipped") return false;
    if (stateOf(check) !== "passed") return true;
    if (check.end !== "ran") return false;
    return isFlaky(check.outcome) || (check.outcome.report?.coverage?.difference ?? 0) < 0;
  });
}

export function checkSummary(summary: SummaryText): Message {
  const { checks, head } = summary;
  const at = `at ${code(head.slice(0, 7))}`;
  const bad = checks.filter((check) => stateOf(check) === "failed");
  const known = checks.filter((check) => stateOf(check) === "known");
  const table = tableOf(summary);
  if (bad.length > 0) {
    const what = bad.length === checks.length ? everyOf(checks.length) : `${bad.length} of ${checks.length} checks`;
    return message(`❌ **${what} did not pass** ${at}.`, table, ...paragraphs(checks), nextSteps(summary));
  }
  const passed = `✅ **All checks pass** ${at}.`;
  if (known.length > 0)
    return message(`${passed} What still fails may fail, or fails on the base as well.`, table, ...paragraphs(checks));
  return message(passed, ...paragraphs(checks), details("The checks", table));
}

function message(...parts: readonly string[]): Message {
  return { marker: summaryMarker, body: parts.join("\n\n") };
}

function everyOf(count: number): string {
  return count === 1 ? "The check" : `All ${count} checks`;
}

function stateOf(check: CheckLine): "passed" | "known" | "failed" {
  if (check.end === "skipped") return "passed";
  // What it warns of stands in its own comments, beside the lines.
  if (check.end === "analysed") return analysisVerdict(check.analysis) === "failure" ? "failed" : "passed";
  if (check.end !== "ran") return "failed";
  const verdict = verdictOf(check.outcome);
  if (verdict === "neutral") return "known";
  return verdict === "success" ? "passed" : "failed";
}

function isFlaky({ attempts, report, ...outcome }: CommandOutcome): boolean {
  return (attempts > 1 && verdictOf({ ...outcome, attempts }) === "success") || (report?.flaky.length ?? 0) > 0;
}

function tableOf({ checks, webUrl }: SummaryText): string {
  const rows = checks.map((check) => {
    const name = cell(check.name);
    if (check.end === "skipped") return `| ${name} | ⏭️ skipped | | no matching file changed |`;
    const link = `[${name}](${webUrl}/runs/${check.checkRun})`;
    if (check.end === "interrupted") return `| ${link} | ⏹️ no result | | it was begun again and stopped |`;
    if (check.end === "need-failed")
      return `| ${link} | ⏹️ not run | | it needs ${cell(check.need)}, which did not pass |`;
    if (check.end === "no-secrets") return `| ${link} | ⏸️ not run | | ${secretsInShort(check.denied)} |`;
    if (check.end === "analysed") return `| ${link} | ${analysisRow(check.analysis)} |`;
    if (check.end === "not-analysed") return `| ${link} | ⏹️ not done | | ${inCell(check.reason)} |`;
    const { outcome } = check;
    const { result, cause } = resultInShort(outcome);
    if (check.end === "setup-failed")
      return `| ${link} | ❌ not run | ${seconds(outcome.ms)} | the set-up failed: ${cause} |`;
    return `| ${link} | ${result} | ${seconds(outcome.ms)} | ${cause} |`;
  });
  return ["| check | result | time | cause |", "|---|---|---|---|", ...rows].join("\n");
}

function analysisRow(analysis: AnalysisText): string {
  const result = { failure: "❌ failed", neutral: "✅ passed", success: "✅ passed" }[analysisVerdict(analysis)];
  const found = countsInShort(analysis);
  return `${result} | ${seconds(analysis.ms)} | ${found === null ? "" : `new: ${found}`}`;
}

function cell(text: string): string {
  return code(text.replaceAll("|", "\\|"));
}

/** Names of tests, where they are known: what is new, what the base has too, what passes only sometimes. */
function paragraphs(checks: readonly CheckLine[]): readonly string[] {
  const ran = checks.filter((check) => check.end === "ran");
  const failing = ran.filter(({ outcome }) => verdictOf(outcome) !== "success");
  const added = failing.filter((check) => stateOf(check) === "failed").flatMap(({ outcome }) => newIn(outcome));
  const known = failing.flatMap(({ outcome }) => knownIn(outcome));
  // Without the pull of the last time: in a comment it would be a mention there.
  const flaky = ran.flatMap(({ outcome: { name, report } }) =>
    (report?.flaky ?? []).map((one) => `${one.test === null ? code(name) : flakyName(one)} (${flakyTimes(one)})`),
  );
  const compared = failing.some(({ outcome }) => outcome.base !== undefined && outcome.base.end !== "unknown");
  return [
    ...named(compared ? "New in this pull" : "What fails", added.map(plain)),
    ...named("Known from the base", known.map(plain)),
    ...named("Flaky, failed and passed on the same files", flaky),
    ...named("Coverage of lines", ran.flatMap(coverageOf)),
  ];
}

function coverageOf({ name, outcome: { report } }: { name: string; outcome: CommandOutcome }): readonly string[] {
  const short = report?.coverage ? coverageInShort(report.coverage) : null;
  const unreached = report?.coverage?.changed?.unreached ?? 0;
  if (short === null) return [];
  return [`${code(name)}: ${short}${unreached === 0 ? "" : `, changed lines that no test reaches: ${unreached}`}`];
}

function newIn(outcome: CommandOutcome): readonly string[] {
  return outcome.base?.end === "more" ? outcome.base.added : namesIn(outcome);
}

function knownIn(outcome: CommandOutcome): readonly string[] {
  const { base } = outcome;
  if (isKnown(outcome)) return namesIn(outcome);
  return base?.end === "more" ? namesIn(outcome).filter((name) => !base.added.includes(name)) : [];
}

function namesIn({ report }: CommandOutcome): readonly string[] {
  return (report?.tests?.failures ?? []).map(({ name, file }) => (file === null ? name : `${name} (${file})`));
}

/** So many tests are named for each; the check runs name more. */
const mostNamed = 10;

function named(title: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const unique = [...new Set(names)];
  const shown = unique.slice(0, mostNamed);
  const more = unique.length > shown.length ? [`… and ${unique.length - shown.length} more`] : [];
  return [`**${title}**\n${list([...shown, ...more])}`];
}

function nextSteps({ agent }: SummaryText): string {
  const steps = [
    ...(agent ? ["`/codegen fix` lets the agent mend what fails."] : []),
    "`/codegen retry` runs again what did not pass.",
    "The page of each check has the log, and the commands to repeat it on your own machine.",
  ];
  return `**What you can do**\n${list(steps)}`;
}

/** The answer to `/codegen retry` where checks of a head did not pass. */
export function checksRetried(marker: string, by: string, again: { head: string; checks: readonly string[] }): Message {
  const names = again.checks.map((name) => code(name)).join(", ");
  const what = again.checks.length === 1 ? `The check ${names} runs` : `The checks ${names} run`;
  return {
    marker,
    body: `🔁 ${what} again at ${code(again.head.slice(0, 7))}, as @${by} asked. What passed stays as it is.`,
  };
}
