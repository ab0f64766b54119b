import type { Sha } from "../../src/domain/ids.ts";
import { listReviewThreads, replyToThread, resolveThread } from "../../src/github/review-threads.ts";
import { getPull } from "../../src/github/pulls.ts";
import { findingDeclined, nothingToDecline } from "../../src/messages/finding-comment.ts";
import type { CommandRun } from "../command-run.ts";
import type { StoryEnd } from "../run-context.ts";
import { say } from "../say.ts";
import { findOwnThreads, type OwnThread } from "../validate/analysis/threads.ts";
import { analysisNameIn } from "../validate/decide.ts";
import { retryAction } from "../validate/read.ts";
import { isPassed, readResults } from "../validate/results.ts";

/** A finding is let be: said below it, its conversation closed, and its check asked again where that may change it. */
export async function decline(run: CommandRun): Promise<StoryEnd> {
  const { deps, thread, writer, admitted } = run;
  const { actor, argument, marker } = admitted.request;
  const found = await run.step("look", () => findThread(run));
  if (found === null) {
    await run.step("answer", () => say(run, nothingToDecline(marker, actor)));
    return { state: "failed", reason: "there is no finding to decline" };
  }
  const { comment, fingerprint, id } = found;
  await run.step("answer", () =>
    replyToThread(deps.github, writer, thread, comment, findingDeclined(actor, argument, fingerprint)),
  );
  await run.step("resolve", () => resolveThread(deps.github, writer, thread, id));
  await run.step("again", () => analyseAgain(run));
  return { state: "succeeded" };
}

/** The conversation about a finding in which the command stands. */
async function findThread({ deps, thread, job }: CommandRun): Promise<OwnThread | null> {
  const { trigger } = job;
  if (trigger.kind !== "comment" || trigger.where !== "review-comment") return null;
  const threads = await listReviewThreads(deps.github, thread);
  const asked = threads.filter(({ comments }) => comments.some(({ id }) => id === trigger.commentId));
  return findOwnThreads(asked, await deps.github.login())[0] ?? null;
}

/** As `/codegen retry` would, which lets nothing of a fork run: where the check did not pass, or nothing else would be run with it. */
async function analyseAgain({ id, deps, thread, job, admitted }: CommandRun): Promise<void> {
  const head: Sha | undefined = (await getPull(deps.github, thread))?.head.sha;
  if (head === undefined) return;
  const results = await readResults(deps.store, thread, head);
  const name = analysisNameIn(admitted.config);
  const own = results.find((result) => result.name === name);
  if (own === undefined || (isPassed(own) && !results.every(isPassed))) return;
  await deps.queue.enqueue("validate", {
    v: 1,
    delivery: `declined-${id}`,
    repo: thread.repo,
    pull: thread.number,
    head,
    trigger: { kind: "button", checkRunId: own.checkRun, action: retryAction, actor: job.trigger.actor },
  });
}
