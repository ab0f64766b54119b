import { parseCommands } from "../../src/commands/parse.ts";
import type { CodegenConfig } from "../../src/config/schema.ts";
import * as messages from "../../src/messages/fix.ts";
import { hasChanges, type Order, type Work } from "../carry-out.ts";
import type { CommandRun } from "../command-run.ts";
import type { Attempt, Failure, FixFacts, RequestedThread } from "./read.ts";

export interface Assignment {
  readonly failures: readonly Failure[];
  readonly threads: readonly RequestedThread[];
  readonly instruction: string | null;
  /** Which attempt of how many this is; null when a person asked. */
  readonly attempt: { readonly number: number; readonly of: number } | null;
}

export type FixDecision =
  | { readonly end: "work"; readonly assignment: Assignment }
  | { readonly end: "nothing"; readonly reason: string }
  | { readonly end: "answer"; readonly why: "fork" | "nothing-to-fix" }
  | { readonly end: "stop"; readonly why: "same failure again" | "tried often enough" };

/** Kinds of failure may take turns; so many attempts on a pull by itself end it whatever fails. */
const roundsOfKinds = 3;

/** Whether there is something to mend, and whether it is worth another attempt. */
export function decideFix(facts: FixFacts, config: CodegenConfig): FixDecision {
  const { pull, failures, threads, instruction, review = null } = facts;
  if (pull === null || !pull.open) return { end: "nothing", reason: "the pull is closed" };
  const assignment = { failures, threads, instruction, attempt: null };
  if (facts.by === "validation") return decideAgain(facts, config);
  if (review !== null && facts.attempts.some((attempt) => attempt.review === review))
    return { end: "nothing", reason: "the review was worked on already" };
  if (facts.by === "review") {
    if (facts.stored === null && !threads.some(asksForFix))
      return { end: "nothing", reason: "the review is of a person's pull" };
    if (threads.length === 0) return { end: "nothing", reason: "nothing is open in the review" };
    return { end: "work", assignment };
  }
  if (pull.fromFork) return { end: "answer", why: "fork" };
  if (failures.length + threads.length === 0 && instruction === null) return { end: "answer", why: "nothing-to-fix" };
  return { end: "work", assignment };
}

/** Of the events of one review only the first counts, and it need not be that of the comment with the command. */
function asksForFix({ comments }: RequestedThread): boolean {
  return comments.some(({ text }) => parseCommands(text).some((command) => command.known && command.name === "fix"));
}

/** A validation failed on a commit of ours: on with it, unless that leads nowhere. */
function decideAgain({ pull, stored, failures, attempts }: FixFacts, { agent }: CodegenConfig): FixDecision {
  const most = agent.max_attempts;
  if (stored === null || stored.head === null || stored.head !== pull?.head.sha)
    return { end: "nothing", reason: "the head is not a commit of the bot's" };
  if (failures.length === 0) return { end: "nothing", reason: "nothing fails at this head" };
  if (most === 0) return { end: "nothing", reason: "agent.max_attempts is 0" };
  const series = seriesOf(attempts);
  const known = new Set(series.flatMap((attempt) => attempt.failures.map(({ fingerprint }) => fingerprint)));
  if (failures.some(({ fingerprint }) => known.has(fingerprint))) return { end: "stop", why: "same failure again" };
  const bySelf = series.filter((attempt) => !attempt.asked);
  const ofKind = countWhile(bySelf, (attempt) => sameKind(attempt.failures, failures));
  if (ofKind >= most || bySelf.length >= most * roundsOfKinds) return { end: "stop", why: "tried often enough" };
  return {
    end: "work",
    assignment: { failures, threads: [], instruction: null, attempt: { number: ofKind + 1, of: most } },
  };
}

/** The attempts since a person last asked for one, that one included: who asks again begins again. */
export function seriesOf(attempts: readonly Attempt[]): readonly Attempt[] {
  const asked = attempts.findIndex((attempt) => attempt.asked);
  return asked === -1 ? attempts : attempts.slice(0, asked + 1);
}

/** The same checks fail. */
function sameKind(one: readonly { name: string }[], other: readonly { name: string }[]): boolean {
  const names = (failures: readonly { name: string }[]) => [...new Set(failures.map(({ name }) => name))].toSorted();
  return names(one).join("\n") === names(other).join("\n");
}

function countWhile<T>(items: readonly T[], holds: (item: T) => boolean): number {
  const end = items.findIndex((item) => !holds(item));
  return end === -1 ? items.length : end;
}

export type FixVerdict = "push" | "nothing changed" | "tests became weaker";

/** What becomes of the agent's changes. Where the aim is to be green, nothing may become green by asking less. */
export function judgeWork({ failures }: Pick<Assignment, "failures">, work: Work): FixVerdict {
  if (!hasChanges(work)) return "nothing changed";
  return failures.length > 0 && work.weakened.length > 0 ? "tests became weaker" : "push";
}

export function toOrder(run: CommandRun, { pull, stored }: FixFacts, assignment: Assignment): Order {
  if (pull === null) throw new Error("there is no pull to mend");
  const { number } = run.thread;
  return {
    kind: "fix",
    commit: pull.head.sha,
    ref: `refs/pull/${number}/head`,
    numbers: [number, ...(stored?.issue ? [stored.issue] : [])],
    began: startedText(run, assignment),
    parked: messages.fixParked,
    setupMayFail: true,
    task: {
      issue: { number, title: pull.title, body: pull.body },
      ...(assignment.instruction === null ? {} : { instruction: assignment.instruction }),
      mend: {
        failures: assignment.failures.map(({ name, run: line, cause }) => ({ name, run: line, cause })),
        threads: assignment.threads.map(({ path, line, comments }, index) => ({
          thread: index + 1,
          path,
          line,
          comments,
        })),
      },
      target: { branch: pull.head.branch, base: pull.base.branch, pull: number },
    },
  };
}

export function startedText(run: CommandRun, assignment: Assignment) {
  return messages.fixStarted(run.admitted.request.actor, {
    failing: assignment.failures.map(({ name }) => name),
    threads: assignment.threads.length,
    attempt: assignment.attempt,
  });
}
