/** What a command says besides its exit code: its tests, and problems at places in files, from what it printed and from the report files it wrote. */
import { minimatch } from "minimatch";
import type { Finding, Severity } from "../../src/domain/verdict.ts";
import { UserError } from "../../src/errors.ts";
import type { ReportText } from "../../src/messages/report.ts";
import { readProblems } from "../../src/reports/problems/read-problems.ts";
import { readJUnit } from "../../src/reports/tests/junit-file.ts";
import { mergeResults } from "../../src/reports/tests/merge-results.ts";
import { readTestOutput } from "../../src/reports/tests/read-test-output.ts";
import { toFindings } from "../../src/reports/tests/test-findings.ts";
import type { TestResults } from "../../src/reports/tests/test-results.ts";
import type { Workbench } from "../workbench.ts";
import type { Command } from "./decide.ts";

/** As data that the journal can keep. */
export interface CommandReport {
  readonly text: ReportText;
  /** What stands beside the lines, the most serious first. */
  readonly findings: readonly Finding[];
}

/** GitHub takes 50 annotations at a time, and nobody reads more than these beside the lines. */
const mostFindings = 200;
const most = { files: 20_000, reports: 20, named: 50 };
const weight: Record<Severity, number> = { failure: 0, warning: 1, notice: 2 };

export async function readReport(
  command: Command,
  output: string,
  bench: Pick<Workbench, "workspace">,
): Promise<CommandReport> {
  const { results, unread } = await readReportFiles(command, bench);
  const printed = readTestOutput(output);
  const all = printed === null ? results : [...results, printed];
  const tests = all.length === 0 ? null : mergeResults(all);
  const problems = readProblems(output);
  const failed = tests === null ? [] : toFindings(tests);
  const places = new Set(failed.map(placeOf));
  // A runner that also prints its failures in the manner of a compiler says the same twice.
  const others = problems.findings.filter((finding) => !places.has(placeOf(finding)));
  const bySeverity = others.toSorted((one, other) => weight[one.severity] - weight[other.severity]);
  const findings = [...failed, ...bySeverity].slice(0, mostFindings);
  const shown = Math.max(0, findings.length - failed.length);
  const repeated = problems.findings.length - others.length;
  return {
    text: { tests: tests && toText(tests), problems: { total: problems.total - repeated, shown }, unread },
    findings,
  };
}

function toText({ counts, truncated, failures, flaky }: TestResults): ReportText["tests"] {
  return { counts, truncated, failures: failures.slice(0, most.named), flaky: flaky.slice(0, most.named) };
}

/** The files that the command's `report` names, as it left them. Anybody may have written them: one that cannot be read is told, not trusted. */
async function readReportFiles({ report }: Command, { workspace }: Pick<Workbench, "workspace">) {
  const results: TestResults[] = [];
  const unread: { path: string; reason: string }[] = [];
  if (report === undefined) return { results, unread };
  const paths = (await findReports(report, workspace)).slice(0, most.reports);
  if (paths.length === 0) unread.push({ path: report, reason: "the command wrote no such file." });
  for (const path of paths) {
    try {
      const text = await workspace.read(path);
      const found = /^\s*</.test(text) ? readJUnit(text) : readTestOutput(text);
      if (found === null) throw new UserError("it is neither JUnit's XML nor TAP.");
      results.push(found);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      unread.push({ path, reason: error.message });
    }
  }
  return { results, unread };
}

/** What an earlier command, an earlier try or the commit itself left there is no result of this one. */
export async function removeReports({ report }: Command, { workspace }: Pick<Workbench, "workspace">): Promise<void> {
  if (report === undefined) return;
  for (const path of await findReports(report, workspace)) await workspace.remove(path);
}

async function findReports(report: string, workspace: Workbench["workspace"]): Promise<readonly string[]> {
  // The folder may not be there.
  const paths = await workspace.list(folderOf(report), most.files).catch(() => []);
  return paths.filter((path) => minimatch(path, report, { dot: true }));
}

/** What of a pattern is a folder: there is no need to look anywhere else. */
function folderOf(glob: string): string {
  const parts = glob.split("/").slice(0, -1);
  const open = parts.findIndex((part) => /[*?[\]{}()!+@]/.test(part));
  return parts.slice(0, open === -1 ? parts.length : open).join("/");
}

function placeOf({ file, startLine }: Finding): string {
  return `${file}:${startLine}`;
}
