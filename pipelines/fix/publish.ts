import type { PublishedWork, ThreadAnswer } from "../../src/agents/port.ts";
import type { Sha } from "../../src/domain/ids.ts";
import { commitOnBranch } from "../../src/github/commits.ts";
import { setLabel } from "../../src/github/issues.ts";
import { replyToThread, resolveThread } from "../../src/github/review-threads.ts";
import { commitMessage } from "../../src/messages/agent.ts";
import * as answers from "../../src/messages/answers.ts";
import * as messages from "../../src/messages/fix.ts";
import type { Message } from "../../src/messages/message.ts";
import { toWorkText } from "../agent/decide.ts";
import type { Work } from "../carry-out.ts";
import type { CommandRun } from "../command-run.ts";
import type { StoryEnd } from "../run-context.ts";
import { say } from "../say.ts";
import { trailersOf } from "../trailers.ts";
import { seriesOf, startedText, type Assignment, type FixDecision, type FixVerdict } from "./decide.ts";
import type { Attempt, FixFacts } from "./read.ts";
import { rememberPull } from "./start.ts";

export async function publishAnswer(
  run: CommandRun,
  why: Extract<FixDecision, { end: "answer" }>["why"] | "no-model",
): Promise<StoryEnd> {
  const { marker, actor } = run.admitted.request;
  const message: Record<typeof why, Message> = {
    "no-model": answers.modelMissing(marker, actor),
    fork: messages.fixOnFork(marker, actor),
    "nothing-to-fix": messages.nothingToFix(marker, actor),
  };
  await run.step("answer", () => say(run, message[why]));
  return { state: "failed", reason: why };
}

export async function publishStarted(run: CommandRun, assignment: Assignment): Promise<void> {
  await say(run, startedText(run, assignment));
}

export async function publishFailure(run: CommandRun, reason: string): Promise<StoryEnd> {
  await run.step("publish", () => say(run, messages.fixFailed(run.admitted.request.actor, reason)));
  return { state: "failed", reason };
}

/** It leads nowhere: the branch stays as it is, and whoever asked for the work is told what was tried. */
export async function publishStop(
  run: CommandRun,
  facts: FixFacts,
  why: Extract<FixDecision, { end: "stop" }>["why"] | Exclude<FixVerdict, "push">,
  work?: Work,
): Promise<StoryEnd> {
  const requester = facts.stored?.requester ?? run.admitted.request.actor;
  const text = {
    why,
    failing: facts.failures.map(({ name, cause }) => ({ name, cause })),
    tried: seriesOf(facts.attempts)
      .filter((attempt) => attempt.title !== null || attempt.reason !== null)
      .map(toTried)
      .toReversed(),
    webUrl: run.deps.github.webUrl(run.thread.repo),
    work: work === undefined ? null : toWorkText(work, null),
  };
  await run.step("publish", () => say(run, messages.fixStopped(requester, text)));
  return { state: "failed", reason: why };
}

function toTried({ title, commit, reason, failures }: Attempt): messages.TriedText {
  return { title, commit, reason, failing: failures.map(({ name }) => name) };
}

export async function publishCommit(
  run: CommandRun,
  facts: FixFacts,
  assignment: Assignment,
  work: Work,
): Promise<Sha | "moved"> {
  const { deps, thread, writer, admitted, job } = run;
  const { pull, stored } = facts;
  if (pull === null) throw new Error("there is no pull to push to");
  const { actor } = job.trigger;
  const done = work.outcome.end === "done" ? work.outcome.result : null;
  const commit = await commitOnBranch(deps.github, writer, thread.repo, {
    branch: pull.head.branch,
    head: pull.head.sha,
    ...commitMessage({
      title: done?.title ?? `Unfinished: mend ${assignment.failures[0]?.name ?? "what the review found"}`,
      summary: done?.summary ?? "",
      issue: thread.number,
    }),
    trailers: trailersOf(run, actor),
    changes: work.changes,
  });
  if (commit === "moved") return commit;
  // From now on it is a pull that the bot looks after, whoever opened it.
  const first = { issue: null, requester: actor.login, requesterId: actor.id, branch: pull.head.branch };
  await rememberPull(deps, { ...first, ...stored, repo: thread.repo, number: thread.number, head: commit });
  const [hold] = admitted.config.merge.block.labels;
  if (work.weakened.length > 0 && hold !== undefined) await setLabel(deps.github, writer, thread, hold, true);
  return commit;
}

/** Answers each thread; what is done is resolved. Without a commit nothing is. */
export async function publishAnswers(
  run: CommandRun,
  { threads }: Assignment,
  work: Work,
  commit: Sha | null,
): Promise<void> {
  const { deps, thread, writer } = run;
  const given = work.outcome.end === "done" ? (work.outcome.result.answers ?? []) : [];
  const changed = new Set([...work.changes.additions.map(({ path }) => path), ...work.changes.deletions]);
  for (const [index, { id, firstComment, path }] of threads.entries()) {
    if (id === null || firstComment === null) continue;
    const answer = given.find((one) => one.thread === index + 1) ?? silent(path !== null && changed.has(path));
    const done = answer.done && commit !== null;
    const message = messages.threadAnswer(`fix-${run.id}-${index + 1}`, { ...answer, done, commit });
    await replyToThread(deps.github, writer, thread, firstComment, message);
    if (done) await resolveThread(deps.github, writer, thread, id);
  }
}

/** The agent said nothing about it: then it counts as done only where the file has changed. */
function silent(changed: boolean): Omit<ThreadAnswer, "thread"> {
  return { done: changed, text: "" };
}

export async function publishFinished(run: CommandRun, assignment: Assignment, work: Work, commit: Sha): Promise<void> {
  const text = { ...toWorkText(work, null), commit, webUrl: run.deps.github.webUrl(run.thread.repo) };
  await say(run, messages.fixPushed(run.admitted.request.actor, text, assignment.attempt));
}

/** The service that does the work has pushed it already. */
export async function publishPushedElsewhere(run: CommandRun, work: PublishedWork): Promise<StoryEnd> {
  await run.step("publish", () => say(run, messages.fixElsewhere(run.admitted.request.actor, work.summary)));
  return { state: "succeeded" };
}
