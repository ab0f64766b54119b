import type { Actor } from "../auth.ts";
import { requireAccount } from "../rest/access.ts";
import { HttpProblem } from "../rest/problem.ts";
import type { GitHub } from "../state/github.ts";
import { issueById } from "../state/issues.ts";
import { pullById, type ReviewThread } from "../state/pulls.ts";
import { repositoryById } from "../state/repositories.ts";
import { emitReviewThread } from "../webhooks/payloads/review.ts";
import { mayAct } from "./acting.ts";
import { tryAutoMerge } from "./auto-merge.ts";

/** Marks a review thread as resolved. Throws 403 unless the actor opened the pull or has write access. */
export async function resolveThread(github: GitHub, actor: Actor, thread: ReviewThread): Promise<ReviewThread> {
  const account = requireResolver(github, actor, thread);
  if (thread.resolvedAt !== null) return thread;
  thread.resolvedAt = github.timestamp();
  thread.resolvedById = account;
  emitReviewThread(github, actor, "resolved", thread);
  await tryAutoMerge(github, pullById(github.state, thread.pullId));
  return thread;
}

/** Opens a resolved thread again. Throws as `resolveThread` does. */
export function unresolveThread(github: GitHub, actor: Actor, thread: ReviewThread): ReviewThread {
  requireResolver(github, actor, thread);
  if (thread.resolvedAt === null) return thread;
  thread.resolvedAt = null;
  thread.resolvedById = null;
  emitReviewThread(github, actor, "unresolved", thread);
  return thread;
}

function requireResolver(github: GitHub, actor: Actor, thread: ReviewThread): number {
  const account = requireAccount(github, actor);
  const author = issueById(github.state, pullById(github.state, thread.pullId).issueId).userId;
  const repository = repositoryById(github.state, thread.repoId);
  if (author !== account.id && !mayAct(github, actor, repository, "write", ["pull_requests"]))
    throw new HttpProblem(403, "Must have write access to resolve a conversation.");
  return account.id;
}
