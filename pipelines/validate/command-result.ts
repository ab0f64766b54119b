/** What one check of a validation came to, as data that the journal keeps, and what follows from it. */
import type { FailedCommand } from "../../src/domain/failure-cause.ts";
import type { Finding } from "../../src/domain/verdict.ts";
import type { CodeFinding } from "../../src/code/finding.ts";
import { analysisVerdict, type AnalysisText } from "../../src/messages/analysis-check.ts";
import { whyNotReady } from "../../src/messages/deploy.ts";
import type { SecretsDenied } from "../../src/messages/secrets.ts";
import { isKnown, isPassed, isUnrun, type CommandOutcome } from "../../src/messages/validate.ts";
import type { Tried } from "../../src/reports/tests/flaky-tests.ts";

export type CommandResult =
  | {
      readonly kind: "ran";
      readonly outcome: CommandOutcome;
      readonly findings?: readonly Finding[];
      /** How its tests came out, and by `hash` what was run over which files. */
      readonly tried?: Tried & { readonly hash: string };
    }
  /** It was not run; the outcome is that of the set-up's command. */
  | { readonly kind: "setup-failed"; readonly outcome: CommandOutcome }
  /** It was not run, since this one, which it needs, has failed. */
  | { readonly kind: "need-failed"; readonly need: string }
  /** It was not run, since it cannot have the secrets that it or the set-up names. */
  | { readonly kind: "no-secrets"; readonly denied: SecretsDenied };

export type AnalysisResult =
  /** The code was read, and nothing was run. */
  | {
      readonly kind: "analysed";
      readonly analysis: Omit<AnalysisText, "findings"> & { readonly findings: readonly CodeFinding[] };
    }
  /** It could not be read, which says nothing about the pull. */
  | { readonly kind: "not-analysed"; readonly reason: string; readonly isFault: boolean };

export type PartResult = CommandResult | AnalysisResult;

/** It ended otherwise than well, whatever is to be said for it. */
export function isFailed(outcome: Pick<CommandOutcome, "end" | "code">): boolean {
  return !isPassed(outcome);
}

/** What its cause is found in. */
export function failureOf({ name, run, end, code, tail, wait }: CommandOutcome): FailedCommand {
  return { name, run, end: end === "not-ready" && wait !== undefined ? whyNotReady(wait) : end, code, tail };
}

/** The pull is at fault, and this is where: somebody has to mend it, and an agent may be sent after it. */
export function isToMend(
  result: PartResult,
): result is Extract<PartResult, { outcome: CommandOutcome } | { kind: "analysed" }> {
  if (result.kind === "analysed") return analysisVerdict(result.analysis) === "failure";
  if (!("outcome" in result)) return false;
  const { outcome } = result;
  return isFailed(outcome) && !isKnown(outcome) && outcome.allowed !== true && !isUnrun(outcome);
}

/** It passed, or it fails in a way that does not stand in the pull's way: nobody needs to try it again. */
export function isSettled(result: PartResult): boolean {
  if (result.kind === "analysed") return !isToMend(result);
  if (result.kind !== "ran" || isUnrun(result.outcome)) return false;
  return !isToMend(result);
}

/** What needs this command is not run, since it would fail for the same reason. Where nothing can run each command says so for itself. */
export function holdsBack(result: CommandResult): boolean {
  if (result.kind === "no-secrets") return !result.denied.setup;
  if (result.kind !== "ran") return false;
  return result.outcome.end === "not-started" || isToMend(result);
}
