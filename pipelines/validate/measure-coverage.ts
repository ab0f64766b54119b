/** What the tests of a command reach, with the difference to the base commit, and the changed lines that they do not reach. */
import type { Finding } from "../../src/domain/verdict.ts";
import type { CoverageText } from "../../src/messages/coverage.ts";
import { compareCoverage, uncoveredChanged, type KeptCoverage } from "../../src/reports/coverage/compare.ts";
import { coverageFindings } from "../../src/reports/coverage/coverage-findings.ts";
import type { Coverage } from "../../src/reports/coverage/coverage.ts";
import type { CoverageStore, MeasuredCoverage } from "../../src/store/port.ts";
import type { ChangedLines } from "./changed-lines.ts";
import { isFailed } from "./command-result.ts";
import type { Command, ReadyScope } from "./decide.ts";
import type { Ran } from "./try-command.ts";
import type { Validation } from "./run-commands.ts";

type Measuring = Pick<Validation, "thread"> & {
  readonly deps: { readonly store: { readonly coverage: Pick<CoverageStore, "get" | "put"> } };
};

const most = { lost: 10, notices: 20, keptFiles: 5_000 };

export interface MeasuredText {
  readonly text: CoverageText;
  /** Beside changed lines that no test reaches. */
  readonly findings: readonly Finding[];
}

export type BaseRun = { readonly ran: Ran } | { readonly unknown: string };

/**
 * @param onBase runs the command on the base commit, which is done when its coverage is not known yet
 * @param changed the lines of the pull's own; null where they cannot be known
 */
export async function measureCoverage(
  run: Measuring,
  scope: Pick<ReadyScope, "base">,
  command: Command,
  head: { readonly coverage: Coverage; readonly failed: boolean },
  { onBase, changed }: { onBase: () => Promise<BaseRun>; changed: () => Promise<ChangedLines | null> },
): Promise<MeasuredText> {
  const base = head.failed
    ? { unknown: "the command failed, so not all of its tests may have run." }
    : await coverageOfBase(run, scope, command, onBase);
  const { percent, difference, branchPercent, lost } = compareCoverage(
    head.coverage,
    "kept" in base ? base.kept : null,
  );
  const lines = head.failed ? null : await changed();
  const missed = lines && uncoveredChanged(head.coverage, lines.ranges);
  const there = missed && new Map([...missed].filter(([file]) => !lines.moved.has(file)));
  const findings = there === null ? [] : coverageFindings(there, most.notices);
  return {
    text: {
      percent,
      difference,
      branches: branchPercent,
      base: "kept" in base ? { commit: scope.base } : base,
      lost: { total: lost.length, files: lost.slice(0, most.lost) },
      changed: missed && {
        unreached: countLines([...missed.values()].flat()),
        shown: countLines(findings.map(rangeOf)),
      },
    },
    findings,
  };
}

/** Keeps what a run on the base commit measured. Nothing else may: a pull says of itself what it wants. */
export async function keepCoverage(
  { deps, thread }: Measuring,
  { base, withheld }: Pick<ReadyScope, "base" | "withheld">,
  command: Command,
  { coverage, outcome }: Ran,
): Promise<void> {
  if (coverage === null || isFailed(outcome)) return;
  // Without its secrets a command may do less than for others.
  if (withheld !== null && command.secrets.length > 0) return;
  const { lines, files } = coverage;
  const some = files.size > most.keptFiles ? [] : [...files];
  await deps.store.coverage.put(thread.repo, command.name, base, {
    lines,
    files: Object.fromEntries(some.map(([path, { found, hit }]) => [path, { found, hit }])),
  });
}

async function coverageOfBase(
  { deps, thread }: Measuring,
  { base }: Pick<ReadyScope, "base">,
  command: Command,
  onBase: () => Promise<BaseRun>,
): Promise<{ kept: KeptCoverage } | { unknown: string }> {
  const stored = await deps.store.coverage.get(thread.repo, command.name, base);
  if (stored !== null) return { kept: toKept(stored) };
  const measured = await onBase();
  if ("unknown" in measured) return measured;
  const { coverage, outcome } = measured.ran;
  if (outcome.end === "timed-out") return { unknown: "the time was up." };
  if (isFailed(outcome)) return { unknown: "the command fails there." };
  return coverage === null ? { unknown: "its report could not be read there." } : { kept: coverage };
}

function toKept({ lines, files }: MeasuredCoverage): KeptCoverage {
  return { lines, files: new Map(Object.entries(files)) };
}

function rangeOf({ startLine, endLine }: Finding): { start: number; end: number } {
  return { start: startLine, end: endLine };
}

function countLines(ranges: readonly { start: number; end: number }[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start + 1, 0);
}
