import { replyToReviewComment } from "../../operations/review-comments.ts";
import { resolveThread, unresolveThread } from "../../operations/threads.ts";
import { pullById, type ReviewThread } from "../../state/pulls.ts";
import { requireAccess, type Context } from "../context.ts";
import { entityById } from "../node.ts";
import { noSuchNode } from "../problem.ts";
import { mutation, textOf } from "./input.ts";

/** Mutations of review threads. */
export function reviewMutations(context: Context): Record<string, unknown> {
  const { github, actor, make } = context;
  return {
    resolveReviewThread: mutation(async (input) => {
      const thread = threadOf(context, input.threadId);
      await resolveThread(github, actor, thread);
      return { thread: () => make.reviewThread(thread) };
    }),
    unresolveReviewThread: mutation((input) => {
      const thread = threadOf(context, input.threadId);
      unresolveThread(github, actor, thread);
      return { thread: () => make.reviewThread(thread) };
    }),
    addPullRequestReviewThreadReply: mutation((input) => {
      const thread = threadOf(context, input.pullRequestReviewThreadId);
      const first = github.state.reviewComments.find((comment) => comment.threadId === thread.id);
      if (!first) throw noSuchNode(String(input.pullRequestReviewThreadId));
      const pull = pullById(github.state, thread.pullId);
      const comment = replyToReviewComment(github, actor, pull, first.id, textOf(input, "body"));
      return { comment: () => make.reviewComment(comment) };
    }),
  };
}

function threadOf(context: Context, id: unknown): ReviewThread {
  const { entity, repository } = entityById(context, id, "PullRequestReviewThread");
  requireAccess(context, repository, { pull_requests: "write" }, "read");
  return entity;
}
