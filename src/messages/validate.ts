import type { Verdict } from "../domain/verdict.ts";
import { code, fenced, prose, sentence } from "./markdown.ts";

export interface CheckText {
  readonly title: string;
  readonly summary: string;
  readonly text?: string;
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
}

export function checkStarted(run: string, head: string): CheckText {
  return { title: "Running", summary: `${code(run)} runs in a sandbox on ${code(head.slice(0, 7))}.` };
}

export function checkFinished(outcome: CommandOutcome): { verdict: Verdict; text: CheckText } {
  const verdict = verdictOf(outcome);
  const cause = causeOf(outcome);
  const rows = [
    "| command | result | time | tries |",
    "|---|---|---|---|",
    `| ${code(outcome.run.replaceAll("|", "\\|"))} | ${cause} | ${seconds(outcome.ms)} | ${outcome.attempts} |`,
  ];
  const repeat = `**Repeat it locally**, on ${code(outcome.head.slice(0, 7))}:\n\n${fenced(outcome.run, "sh")}`;
  const tail =
    outcome.tail.trim() === "" ? "The command printed nothing." : `**End of the log**\n\n${fenced(outcome.tail)}`;
  return {
    verdict,
    text: { title: titleOf(verdict, cause, outcome), summary: [rows.join("\n"), repeat].join("\n\n"), text: tail },
  };
}

/** Set-up failed, so this command never ran: that is not its own failure, and no success either. */
export function checkNotRun(setup: CommandOutcome): { verdict: Verdict; text: CheckText } {
  const cause = causeOf(setup);
  return {
    verdict: "failure",
    text: {
      title: `Set-up failed: ${cause}`,
      summary: `The command was not run, because the set-up command ${code(setup.run)} did not succeed (${cause}, ${seconds(setup.ms)}).`,
      text:
        setup.tail.trim() === ""
          ? "The set-up printed nothing."
          : `**End of the set-up's log**\n\n${fenced(setup.tail)}`,
    },
  };
}

export function checkSkipped(when: readonly string[]): CheckText {
  return {
    title: "Skipped: no matching file changed",
    summary: `This check runs only when a changed file matches ${when.map(code).join(", ")}.`,
  };
}

export function checkCancelled(reason: string): CheckText {
  return {
    title: "Cancelled",
    summary: `${prose(reason)} Re-run this check, or comment \`/codegen validate\`, to run it again.`,
  };
}

export function checkImpossible(reason: string): CheckText {
  return { title: "Could not run", summary: prose(reason) };
}

export function configInvalid(
  problems: readonly { line: number; column: number; message: string }[],
  file: string,
): CheckText {
  return {
    title: `${file} has ${problems.length === 1 ? "a mistake" : `${problems.length} mistakes`}`,
    summary: [
      `Nothing runs until \`${file}\` on the base branch is right:`,
      problems
        .map((problem) => `- line ${problem.line}, column ${problem.column}: ${sentence(problem.message)}`)
        .join("\n"),
    ].join("\n\n"),
  };
}

/** An earlier look at this head found something in the way (a gate, a broken file) that has gone since. */
export function checkLifted(by: string): CheckText {
  return {
    title: "No longer in the way",
    summary: `What this check waited for is settled, and the validation that ${code(by)} asked for runs. Its own checks say how it ends.`,
  };
}

function verdictOf(outcome: Pick<CommandOutcome, "end" | "code">): Verdict {
  if (outcome.end === "exited") return outcome.code === 0 ? "success" : "failure";
  if (outcome.end === "timed-out") return "timed_out";
  if (outcome.end === "cancelled") return "cancelled";
  return "failure";
}

function titleOf(verdict: Verdict, cause: string, outcome: CommandOutcome): string {
  if (verdict === "success")
    return `Passed in ${seconds(outcome.ms)}${outcome.attempts > 1 ? `, at try ${outcome.attempts} (flaky)` : ""}`;
  return verdict === "cancelled" ? "Cancelled" : `Failed: ${cause}`;
}

function causeOf(outcome: CommandOutcome): string {
  switch (outcome.end) {
    case "exited":
      return outcome.code === 0 ? "passed" : `exit code ${outcome.code}`;
    case "timed-out":
      return `stopped after ${seconds(outcome.timeoutMs)}`;
    case "out-of-memory":
      return `over the memory limit of ${Math.round(outcome.memory / 1024 ** 2)} MB`;
    case "output-limit":
      return "too much output";
    case "cancelled":
      return "cancelled";
    default:
      return "killed";
  }
}

function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}

/** A pull from a fork: somebody with write access must ask for its validation, for exactly this head. */
export const forkGate: CheckText = {
  title: "Waits for a maintainer",
  summary:
    "This pull comes from a fork, so its code is not run until somebody with write access has looked at it and comments `/codegen validate`. " +
    "Nothing is wrong with the pull.",
};
