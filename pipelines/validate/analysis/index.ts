/** The check that reads the code of a pull: what it adds → the check run, and comments at the lines. Nothing of the pull is run. */
import type { Finding } from "../../../src/domain/verdict.ts";
import { concludeCheckRun } from "../../../src/github/check-runs.ts";
import * as messages from "../../../src/messages/analysis-check.ts";
import { isToMend, type AnalysisResult } from "../command-result.ts";
import { analysisNameIn, type AnalysisScope } from "../decide.ts";
import { actionsFor, openCheck } from "../publish.ts";
import type { Validation } from "../run-commands.ts";
import { analyse } from "./analyse.ts";
import { publishComments } from "./publish-comments.ts";

/** Its check run, by its name, as those of commands are opened. */
export async function openAnalysis(run: Validation, { config, head }: AnalysisScope): Promise<Record<string, number>> {
  const name = analysisNameIn(config);
  return { [name]: await openCheck(run, head, name, messages.analysisStarted(head), true) };
}

/** @returns whether the pull has to be mended for it */
export async function analysisStory(
  run: Validation,
  scope: AnalysisScope,
  checks: Readonly<Record<string, number>>,
): Promise<boolean> {
  const name = analysisNameIn(scope.config);
  const result = await run.step(`run ${name}`, () => analyse(run, scope));
  await run.step(`close ${name}`, () => publishAnalysis(run, scope, checks[name], result));
  if (result.kind === "analysed") await run.step("comments", () => publishComments(run, scope, result));
  return isToMend(result);
}

async function publishAnalysis(
  run: Validation,
  scope: AnalysisScope,
  checkRun: number | undefined,
  result: AnalysisResult,
): Promise<void> {
  if (checkRun === undefined) throw new Error("no check run was opened for the analysis");
  const { deps, writer, thread } = run;
  const { verdict, text } =
    result.kind === "analysed"
      ? messages.analysisFinished(result.analysis, deps.github.webUrl(thread.repo))
      : messages.analysisNotDone(result.reason, result.isFault);
  await concludeCheckRun(deps.github, writer, thread.repo, checkRun, {
    verdict,
    text,
    findings: result.kind === "analysed" ? result.analysis.findings.map(toFinding) : [],
    actions: actionsFor(run, scope, result),
    completedAt: deps.clock.now(),
  });
}

const levels = { notice: "notice", warning: "warning", error: "failure" } as const;

function toFinding({ path, severity, ...rest }: messages.PlacedFinding): Finding {
  const { rule, startLine, endLine, message, fingerprint } = rest;
  return { rule, severity: levels[severity], file: path, startLine, endLine, message, fingerprint };
}
