import type { Verdict } from "../domain/verdict.ts";
import { configProblems, type ConfigProblemsText } from "./config-problems.ts";
import { whyNotReady, type WaitText } from "./deploy.ts";
import { code, fenced, list, plain, prose, sentence } from "./markdown.ts";
import { networkParagraphs, type NetworkText } from "./network.ts";
import { reportInShort, reportParagraphs, testsInShort, type ReportText } from "./report.ts";
import { setupParagraphs, type SetupText } from "./setup.ts";

export interface CheckText {
  readonly title: string;
  readonly summary: string;
  readonly text?: string;
}

/** How a check ends. */
export interface CheckEnd {
  readonly verdict: Verdict;
  readonly text: CheckText;
}

/** How one command of a validation went, as a person should read it. */
export interface CommandOutcome {
  readonly name: string;
  readonly run: string;
  readonly end: string;
  readonly code: number | null;
  readonly ms: number;
  readonly tail: string;
  readonly attempts: number;
  readonly head: string;
  readonly timeoutMs: number;
  readonly memory: number;
  /** Why it could not be started. */
  readonly reason?: string;
  /** For the application, which does not end but is waited for. */
  readonly wait?: WaitText;
  /** What the command said besides its exit code. */
  readonly report?: ReportText;
  /** Of the commands that it needs, those that failed and did not keep it from running. */
  readonly despite?: readonly string[];
  /** The file lets it fail. */
  readonly allowed?: boolean;
  /** How it ended on the base commit; absent where nobody asked. */
  readonly base?: BaseText;
  /** How the set-up before it was done; absent where there is none. */
  readonly setup?: SetupText;
  /** What it wanted of the network in vain; absent where that is nothing. */
  readonly network?: NetworkText;
}

/** A failed command, run on the base commit as well. */
export type BaseText = { readonly commit: string } & (
  | { readonly end: "passes" | "same" | "other" }
  /** Of the failing tests, those that do not fail on the base. */
  | { readonly end: "more"; readonly added: readonly string[] }
  | { readonly end: "unknown"; readonly reason: string }
);

export function checkStarted(run: string, head: string): CheckText {
  return { title: "Running", summary: `${code(run)} runs in a sandbox on ${code(head.slice(0, 7))}.` };
}

export function checkQueued(run: string, needs: readonly string[]): CheckText {
  const waits = needs.length === 0 ? "its turn" : `${needs.map(code).join(", ")} to pass`;
  return {
    title: needs.length === 0 ? "Waits for its turn" : `Waits for ${needs.join(", ")}`,
    summary: `${code(run)} waits for ${waits}.`,
  };
}

/** What else a person needs to come to the same result on a machine of their own. */
export interface RepeatText {
  readonly pull: number;
  /** The commit of the base that the head was merged into; null where the head alone is tested. */
  readonly onto: string | null;
  readonly setup: readonly string[];
}

export function checkFinished(outcome: CommandOutcome, repeat: RepeatText): CheckEnd {
  const verdict = verdictOf(outcome);
  const cause = causeOf(outcome);
  const said = outcome.report === undefined ? [] : reportParagraphs(outcome.report, outcome.code === 0);
  const summary = [
    resultTable(outcome, resultInShort(outcome)),
    ...(outcome.base === undefined ? [] : [baseText(outcome.base)]),
    ...asides(outcome),
    ...(outcome.setup === undefined ? [] : setupParagraphs(outcome.setup)),
    ...networkText(outcome),
    ...said,
    repeatText(outcome, repeat, [outcome.run]),
  ];
  const tail =
    outcome.tail.trim() === "" ? "The command printed nothing." : `**End of the log**\n\n${fenced(outcome.tail)}`;
  return {
    verdict,
    text: { title: titleOf(verdict, cause, outcome), summary: summary.join("\n\n"), text: tail },
  };
}

/**
 * Set-up failed, so this command never ran: that is not its own failure, and no success either. Where the base is at fault it waits for whoever
 * mends that.
 */
export function checkNotRun(setup: CommandOutcome, repeat: RepeatText): CheckEnd {
  const cause = causeOf(setup);
  return {
    verdict: isKnown(setup) ? "action_required" : "failure",
    text: {
      title: isKnown(setup) ? `Set-up fails on the base as well: ${cause}` : `Set-up failed: ${cause}`,
      summary: [
        `The command was not run, because the set-up command ${code(setup.run)} did not succeed.`,
        resultTable(setup, { result: "❌ set-up failed", cause }),
        ...(setup.base === undefined ? [] : [setupBaseText(setup.base)]),
        ...(setup.setup === undefined ? [] : setupParagraphs(setup.setup, false)),
        ...networkText(setup),
        repeatText(setup, repeat, []),
      ].join("\n\n"),
      text:
        setup.tail.trim() === ""
          ? "The set-up printed nothing."
          : `**End of the set-up's log**\n\n${fenced(setup.tail)}`,
    },
  };
}

/** Not skipped, which branch protection takes for success: nobody knows how it would have ended. */
export function checkNeedFailed(need: string): CheckEnd {
  return {
    verdict: "cancelled",
    text: {
      title: `Not run: ${need} failed`,
      summary: `This check needs ${code(need)}, which did not pass, so it was not run. It runs once that passes.`,
    },
  };
}

function networkText({ run, network }: CommandOutcome): readonly string[] {
  return network === undefined ? [] : networkParagraphs(run, network);
}

export function checkSkipped(when: readonly string[]): CheckText {
  return {
    title: "Skipped: no matching file changed",
    summary: `This check runs only when a changed file matches ${when.map(code).join(", ")}.`,
  };
}

/** Somebody stopped it, or a newer validation took its place. */
export function checkCancelled(reason: string): CheckEnd {
  return {
    verdict: "cancelled",
    text: {
      title: "Cancelled",
      summary: `${prose(reason)} Re-run this check, or comment \`/codegen retry\`, to run it again.`,
    },
  };
}

/** Somebody has to do something first: there is no sandbox, the pull conflicts with its base. */
export function checkImpossible(reason: string): CheckEnd {
  return { verdict: "action_required", text: { title: "Could not run", summary: prose(reason) } };
}

/** Not a failure of the pull, of which nothing is known; and no success, which branch protection would take it for if it were skipped. */
export function checkFault(reason: string): CheckEnd {
  return {
    verdict: "cancelled",
    text: {
      title: "Could not run: a fault of the bot",
      summary: `${prose(reason)} That says nothing about the pull. Re-run this check, or comment \`/codegen retry\`, to start over.`,
    },
  };
}

export function configInvalid(mistakes: ConfigProblemsText, file: string): CheckText {
  const count = mistakes.problems.length + (mistakes.more ?? 0);
  return {
    title: `${file} has ${count === 1 ? "a mistake" : `${count} mistakes`}`,
    summary: [`Nothing runs until \`${file}\` on the base branch is right:`, configProblems(mistakes)].join("\n\n"),
  };
}

/** An earlier look at this head found something in the way (a gate, a broken file) that has gone since. */
export function checkLifted(by: string): CheckText {
  return {
    title: "No longer in the way",
    summary: `What this check waited for is settled, and the validation that ${code(by)} asked for runs. Its own checks say how it ends.`,
  };
}

/** Two cells of a table: how it ended, and why. */
export function resultInShort(outcome: CommandOutcome): { readonly result: string; readonly cause: string } {
  const verdict = verdictOf(outcome);
  const tests = outcome.report === undefined ? null : testsInShort(outcome.report);
  const ended = verdict === "success" ? [] : [causeOf(outcome)];
  return { result: resultWord(outcome), cause: [...ended, ...(tests === null ? [] : [tests])].join(", ") };
}

function resultWord(outcome: CommandOutcome): string {
  const tries = outcome.attempts > 1 ? ` at try ${outcome.attempts}` : "";
  if (isUnrun(outcome)) return "⏱️ not run";
  const verdict = verdictOf(outcome);
  if (verdict === "success") return `✅ passed${tries}`;
  if (verdict === "neutral") return isKnown(outcome) ? "⚪ known from the base" : "⚪ failed, which it may";
  if (verdict === "timed_out") return "⏱️ timed out";
  return verdict === "cancelled" ? "⏹️ cancelled" : `❌ failed${tries}`;
}

function resultTable({ run, ms }: CommandOutcome, { result, cause }: { result: string; cause: string }): string {
  return [
    "| command | result | time | cause |",
    "|---|---|---|---|",
    `| ${code(run.replaceAll("|", "\\|"))} | ${result} | ${seconds(ms)} | ${cause} |`,
  ].join("\n");
}

/** Lines for a shell in a clone of the repository. */
function repeatText({ head }: CommandOutcome, { pull, onto, setup }: RepeatText, commands: readonly string[]): string {
  const lines = [
    `git fetch origin pull/${pull}/head${onto === null ? "" : ` ${onto}`}`,
    `git checkout ${head}`,
    ...(onto === null ? [] : [`git merge --no-edit ${onto}`]),
    "export CI=true",
    ...setup,
    ...commands,
  ];
  const what = onto === null ? "on the pull's head" : "on the merge of the pull's head and its base";
  return `**Repeat it locally**, ${what}:\n\n${fenced(lines.join("\n"), "sh")}`;
}

export function verdictOf(outcome: CommandOutcome): Verdict {
  if (isPassed(outcome)) return "success";
  if (outcome.end === "out-of-time") return "timed_out";
  if (isKnown(outcome) || outcome.allowed === true) return "neutral";
  if (outcome.end === "not-started") return "action_required";
  if (outcome.end === "timed-out") return "timed_out";
  if (outcome.end === "cancelled") return "cancelled";
  return "failure";
}

/** Nothing of it ran, so it says nothing about the pull. */
export function isUnrun({ end }: Pick<CommandOutcome, "end">): boolean {
  return end === "out-of-time" || end === "not-started";
}

/** It ended well, or, as an application, is there. */
export function isPassed({ end, code: exit }: Pick<CommandOutcome, "end" | "code">): boolean {
  return end === "ready" || (end === "exited" && exit === 0);
}

/** It fails, and so does the base: that is not the pull's doing. */
export function isKnown({ base }: Pick<CommandOutcome, "base">): boolean {
  return base?.end === "same";
}

function baseText(base: BaseText): string {
  const at = `the base ${code(base.commit.slice(0, 7))}`;
  switch (base.end) {
    case "passes":
      return `**New in this pull:** ${at} passes.`;
    case "same":
      return `**Not from this pull:** ${at} fails in the same way, so this check does not fail (\`fail_on: new\`).`;
    case "other":
      return `**New in this pull:** ${at} fails too, but in another way.`;
    case "more":
      return `**New in this pull**, on ${at} they do not fail:\n\n${list(base.added.slice(0, mostAdded).map(plain))}`;
    case "unknown":
      return `Whether ${at} fails as well is not known: ${sentence(base.reason)}`;
  }
}

/** What else must be known to judge a failure. */
function asides(outcome: CommandOutcome): readonly string[] {
  if (isPassed(outcome)) return [];
  const allowed = "It may fail (`allow_failure`), so it holds nothing up.";
  const despite = (outcome.despite ?? []).map(
    (name) => `⚠️ ${code(name)}, which this check needs, fails too: that may be the cause.`,
  );
  const reason = outcome.reason === undefined ? [] : [`**Not started:** ${sentence(outcome.reason)}`];
  return [...reason, ...despite, ...(outcome.allowed === true ? [allowed] : [])];
}

function setupBaseText(base: BaseText): string {
  if (base.end !== "same") return baseText(base);
  return `**Not from this pull:** the set-up of the base ${code(base.commit.slice(0, 7))} fails in the same way. It has to be mended there.`;
}

const mostAdded = 30;

function titleOf(verdict: Verdict, cause: string, outcome: CommandOutcome): string {
  const tests = outcome.report === undefined ? null : testsInShort(outcome.report);
  if (outcome.end === "ready") return `Ready in ${seconds(outcome.ms)}`;
  if (verdict === "success") {
    const said = outcome.report === undefined ? null : reportInShort(outcome.report);
    return `Passed in ${seconds(outcome.ms)}${flakyText(outcome)}${said === null ? "" : `: ${said}`}`;
  }
  if (isKnown(outcome)) return "Fails on the base as well";
  if (verdict === "neutral") return `Failed, which it may: ${cause}`;
  if (outcome.end === "out-of-time") return "Not run: the time of the validation is used up";
  if (outcome.end === "not-started") return "Could not be started";
  if (outcome.end === "exited" && tests?.endsWith("failed") === true) return tests;
  if (verdict === "cancelled") return "Cancelled";
  return verdict === "timed_out" ? `Timed out after ${seconds(outcome.timeoutMs)}` : `Failed: ${cause}`;
}

function flakyText({ attempts, report }: CommandOutcome): string {
  if (attempts > 1) return `, at try ${attempts} (flaky)`;
  const count = report?.flaky.length ?? 0;
  return count === 0 ? "" : `, ${count} flaky`;
}

/** What the shell means by a code of its own. */
function meaningOf(exit: number | null): string {
  if (exit === 127) return ": there is no such command";
  return exit === 126 ? ": the command cannot be executed" : "";
}

function causeOf(outcome: CommandOutcome): string {
  switch (outcome.end) {
    case "exited":
      return outcome.code === 0 ? "passed" : `exit code ${outcome.code}${meaningOf(outcome.code)}`;
    case "out-of-time":
      return `not run, since the ${seconds(outcome.timeoutMs)} of the whole validation were used up`;
    case "not-started":
      return "could not be started";
    case "ready":
      return "ready";
    case "ended":
      return `it ended with exit code ${outcome.code} before it was ready`;
    case "not-ready":
      return `not ready after ${seconds(outcome.timeoutMs)}${outcome.wait === undefined ? "" : `: ${whyNotReady(outcome.wait)}`}`;
    case "timed-out":
      return `stopped after ${seconds(outcome.timeoutMs)}`;
    case "out-of-memory":
      return `over the memory limit of ${Math.round(outcome.memory / 1024 ** 2)} MB`;
    case "disk-limit":
      return "over the disk limit (`environment.limits.disk`)";
    case "output-limit":
      return "too much output";
    case "cancelled":
      return "cancelled";
    default:
      return "killed";
  }
}

export function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}
