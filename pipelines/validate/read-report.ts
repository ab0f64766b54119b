/** What a command says besides its exit code: its tests, its coverage, and problems at places in files, from what it printed and from the report files it wrote. */
import type { Finding, Severity } from "../../src/domain/verdict.ts";
import { UserError } from "../../src/errors.ts";
import type { ReportText } from "../../src/messages/report.ts";
import { CoverageRecords, type Coverage } from "../../src/reports/coverage/coverage.ts";
import { readCoverageReport } from "../../src/reports/coverage/read-coverage.ts";
import { readProblems } from "../../src/reports/problems/read-problems.ts";
import { readJUnit } from "../../src/reports/tests/junit-file.ts";
import { mergeResults } from "../../src/reports/tests/merge-results.ts";
import { readTestOutput } from "../../src/reports/tests/read-test-output.ts";
import { toFindings } from "../../src/reports/tests/test-findings.ts";
import type { TestResults } from "../../src/reports/tests/test-results.ts";
import type { Workbench } from "../workbench.ts";
import type { Command } from "./decide.ts";
import type { Matchers } from "./read-matchers.ts";
import { readReports, type Unread } from "./report-files.ts";

export interface CommandReport {
  /** As data that the journal can keep. */
  readonly text: ReportText;
  /** What stands beside the lines, the most serious first. */
  readonly findings: readonly Finding[];
  readonly tests: TestResults | null;
  readonly coverage: Coverage | null;
}

/** GitHub takes 50 annotations at a time, and nobody reads more than these beside the lines. */
export const mostFindings = 200;
const mostNamed = 50;
const weight: Record<Severity, number> = { failure: 0, warning: 1, notice: 2 };

/** The patterns of the files that a command writes about itself. */
export function reportPatterns({ report, coverage }: Command): readonly string[] {
  return [report, coverage].filter((pattern) => pattern !== undefined);
}

/**
 * @param left files that were there before the command ran and could not be removed
 * @param own the repository's problem matchers
 */
export async function readReport(
  command: Command,
  output: string,
  { workspace }: Pick<Workbench, "workspace">,
  left: ReadonlyMap<string, string>,
  own: Matchers,
): Promise<CommandReport> {
  const { results, unread } = await readTests(command, workspace, left);
  const { coverage, unread: uncounted } = await readCoverage(command, workspace, left);
  const printed = readTestOutput(output, await goModuleOf(output, workspace));
  const all = printed === null ? results : [...results, printed];
  const tests = all.length === 0 ? null : mergeResults(all);
  const problems = readProblems(output, own.matchers);
  const failed = tests === null ? [] : toFindings(tests);
  const places = new Set(failed.map(placeOf));
  // A runner that also prints its failures in the manner of a compiler says the same twice.
  const others = problems.findings.filter((finding) => !places.has(placeOf(finding)));
  const bySeverity = others.toSorted((one, other) => weight[one.severity] - weight[other.severity]);
  const findings = [...failed, ...bySeverity].slice(0, mostFindings);
  const shown = Math.max(0, findings.length - failed.length);
  const repeated = problems.findings.length - others.length;
  return {
    text: {
      tests: tests && toText(tests),
      problems: { total: problems.total - repeated, shown },
      coverage: null,
      flaky: [],
      unread: [...unread, ...uncounted, ...own.unread],
    },
    findings,
    tests,
    coverage,
  };
}

function toText({ counts, truncated, failures }: TestResults): ReportText["tests"] {
  return { counts, truncated, failures: failures.slice(0, mostNamed) };
}

type Workspace = Workbench["workspace"];

async function readTests({ report }: Command, workspace: Workspace, left: ReadonlyMap<string, string>) {
  const results: TestResults[] = [];
  if (report === undefined) return { results, unread: [] };
  const unread = await readReports(report, workspace, left, (text) => {
    const found = /^\uFEFF?\s*</.test(text) ? readJUnit(text) : readTestOutput(text);
    if (found === null) throw new UserError("it is neither JUnit's XML nor TAP.");
    results.push(found);
  });
  return { results, unread };
}

async function readCoverage(
  { coverage }: Command,
  workspace: Workspace,
  left: ReadonlyMap<string, string>,
): Promise<{ coverage: Coverage | null; unread: readonly Unread[] }> {
  if (coverage === undefined) return { coverage: null, unread: [] };
  const records = new CoverageRecords();
  let read = false;
  const exists = (file: string) =>
    workspace.read(file).then(
      () => true,
      (error: unknown) => {
        if (error instanceof UserError) return false;
        throw error;
      },
    );
  const unread = await readReports(coverage, workspace, left, async (text, path) => {
    records.add(await readCoverageReport(text, path, exists));
    read = true;
  });
  // A part of the reports would be another number than all of them.
  return { coverage: read && unread.length === 0 ? records.coverage() : null, unread };
}

/** Go names files without their folders, which the path of the module tells. */
async function goModuleOf(output: string, workspace: Workspace): Promise<{ goModule?: string }> {
  if (!output.includes(".go:")) return {};
  const file = await workspace.read("go.mod").catch((error: unknown) => {
    if (error instanceof UserError) return "";
    throw error;
  });
  const goModule = /^module[ \t]+(\S+)/m.exec(file)?.[1];
  return goModule === undefined ? {} : { goModule };
}

function placeOf({ file, startLine }: Finding): string {
  return `${file}:${startLine}`;
}
