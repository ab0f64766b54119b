import { editComment } from "../../src/github/comments.ts";
import { checkSummary, hasNews, type CheckLine } from "../../src/messages/check-summary.ts";
import { canMend } from "../agent-choice.ts";
import { say } from "../say.ts";
import type { PartResult } from "./command-result.ts";
import { analysisNameIn, commandsOf, type ReadyScope } from "./decide.ts";
import { readResults, type CheckResult } from "./results.ts";
import type { Validation } from "./run-commands.ts";

/** Brings the pull's one comment about its checks up to date. Where there is none, only checks with something to say make one. */
export async function publishSummary(
  run: Validation,
  scope: Pick<ReadyScope, "head" | "fromFork" | "config" | "skipped">,
): Promise<void> {
  const { deps, thread, writer } = run;
  const results = await readResults(deps.store, thread, scope.head);
  const summary = {
    head: scope.head,
    webUrl: deps.github.webUrl(thread.repo),
    checks: linesOf(scope, results),
    agent: !scope.fromFork && canMend(deps, scope.config),
  };
  const message = checkSummary(summary);
  if (hasNews(summary)) await say(run, message);
  else await editComment(deps.github, writer, thread, message);
}

function lineOf(result: PartResult) {
  if (result.kind === "analysed") return { end: result.kind, analysis: result.analysis };
  if (result.kind === "not-analysed") return { end: result.kind, reason: result.reason };
  if (result.kind === "need-failed") return { end: result.kind, need: result.need };
  if (result.kind === "no-secrets") return { end: result.kind, denied: result.denied };
  return { end: result.kind, outcome: result.outcome };
}

/** In the order of the file, then what was read. A check whose command is not in the file any more says nothing about the pull. */
function linesOf(
  { config, skipped }: Pick<ReadyScope, "config" | "skipped">,
  results: readonly CheckResult[],
): readonly CheckLine[] {
  const names = [...commandsOf(config).map(({ name }) => name), analysisNameIn(config)];
  return names.flatMap((name): CheckLine[] => {
    const found = results.find((result) => result.name === name);
    if (found === undefined) return skipped.some((command) => command.name === name) ? [{ name, end: "skipped" }] : [];
    const { result, checkRun, interrupted } = found;
    if (result === null || interrupted) return [{ name, end: "interrupted", checkRun }];
    return [{ name, checkRun, ...lineOf(result) }];
  });
}
