import { messageOf, UserError } from "../../../src/errors.ts";
import { statusOf } from "../../../src/github/failures.ts";
import { listPullHunks } from "../../../src/github/pull-hunks.ts";
import {
  editThreadComment,
  listReviewThreads,
  reopenThread,
  resolveThread,
} from "../../../src/github/review-threads.ts";
import { ensureReview } from "../../../src/github/reviews.ts";
import { findingsReview } from "../../../src/messages/finding-comment.ts";
import type { AnalysisResult } from "../command-result.ts";
import type { AnalysisScope } from "../decide.ts";
import type { Validation } from "../run-commands.ts";
import { placeComment } from "./place-comment.ts";
import { findOwnThreads, planThreads } from "./threads.ts";

type Analysed = Extract<AnalysisResult, { kind: "analysed" }>;

/** The pull is locked or gone, or we may not. */
const refusals = [403, 404, 410, 422];

/**
 * Brings the review comments of the pull to what its head has. The check has said everything already, so that a comment which GitHub does not
 * take costs nothing but itself.
 * @throws what may pass when it is tried again
 */
export async function publishComments(run: Validation, scope: AnalysisScope, { analysis }: Analysed): Promise<void> {
  const { deps, writer, thread, log } = run;
  const { github } = deps;
  try {
    const threads = findOwnThreads(await listReviewThreads(github, thread), await github.login());
    if (threads.length === 0 && analysis.findings.length === 0) return;
    const hunks = await listPullHunks(github, thread);
    const plan = planThreads(
      analysis.findings.map((finding) => placeComment(finding, hunks.get(finding.path) ?? [])),
      threads,
      {
        head: scope.head,
        most: scope.config.analysis.comments,
        leftOut: new Set(analysis.leftOut.map(({ path }) => path)),
        redact: github.redact,
      },
    );
    for (const { id, comment, message } of plan.resolve) {
      await resolveThread(github, writer, thread, id);
      await editThreadComment(github, writer, thread, comment, message);
    }
    for (const { id, comment, message } of plan.reopen) {
      await editThreadComment(github, writer, thread, comment, message);
      await reopenThread(github, writer, thread, id);
    }
    for (const { comment, message } of plan.edit) await editThreadComment(github, writer, thread, comment, message);
    if (plan.make.length === 0) return;
    const { error, warning, notice } = analysis.counts;
    const message = findingsReview(scope.head, plan.make.length, error + warning + notice);
    const isTaken = await ensureReview(github, writer, thread, { head: scope.head, message, comments: plan.make });
    if (!isTaken) log.warn({ comments: plan.make.length }, "GitHub did not take the review comments");
  } catch (error) {
    if (!(error instanceof UserError) && !refusals.includes(statusOf(error))) throw error;
    log.warn({ error: messageOf(error) }, "the review comments could not be brought up to date");
  }
}
