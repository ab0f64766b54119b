import { mayAct } from "../../operations/acting.ts";
import { authorAssociation } from "../../serialize/association.ts";
import { accountById } from "../../state/accounts.ts";
import { pullById, visibleComments, type Review, type ReviewComment, type ReviewThread } from "../../state/pulls.ts";
import { fullName, repositoryById, type Repository } from "../../state/repositories.ts";
import { connection } from "../connection.ts";
import type { Arguments, Context, GraphqlObject } from "../context.ts";
import { plainText } from "./text.ts";

/** `PullRequestReview`. */
export function reviewObject(context: Context, review: Review): GraphqlObject {
  const { github, make } = context;
  const { state } = github;
  const repository = repositoryById(state, review.repoId);
  const path = `${pullPath(context, repository, review.pullId)}#pullrequestreview-${review.id}`;
  return {
    __typename: "PullRequestReview",
    id: github.nodeId("PullRequestReview", review.id),
    databaseId: review.id,
    fullDatabaseId: String(review.id),
    body: review.body,
    bodyText: plainText(review.body),
    state: review.state,
    url: github.url + path,
    resourcePath: path,
    submittedAt: review.submittedAt,
    publishedAt: review.submittedAt,
    createdAt: review.createdAt,
    updatedAt: review.updatedAt,
    isMinimized: false,
    minimizedReason: null,
    authorAssociation: authorAssociation(github, repository, review.userId),
    authorCanPushToRepository: mayAct(
      github,
      { kind: "user", user: accountById(state, review.userId) },
      repository,
      "write",
    ),
    author: () => make.account(accountById(state, review.userId)),
    commit: () => make.commit(repository, review.commitId),
    repository: () => make.repository(repository),
    pullRequest: () => make.pull(pullById(state, review.pullId)),
    comments: (args: Arguments) => {
      const own = state.reviewComments.filter((comment) => comment.reviewId === review.id);
      return connection("comments", own, args, make.reviewComment);
    },
  };
}

/** `PullRequestReviewComment`: a comment on a line or a file of the diff. */
export function reviewCommentObject(context: Context, comment: ReviewComment): GraphqlObject {
  const { github, make } = context;
  const { state } = github;
  const repository = repositoryById(state, comment.repoId);
  const path = `${pullPath(context, repository, comment.pullId)}#discussion_r${comment.id}`;
  const review = state.reviews.find((one) => one.id === comment.reviewId);
  return {
    __typename: "PullRequestReviewComment",
    id: github.nodeId("PullRequestReviewComment", comment.id),
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    body: comment.body,
    bodyText: plainText(comment.body),
    path: comment.path,
    diffHunk: comment.diffHunk,
    line: comment.line,
    originalLine: comment.originalLine,
    startLine: comment.startLine,
    originalStartLine: comment.originalStartLine,
    position: comment.position,
    originalPosition: comment.originalPosition,
    outdated: isOutdated(comment),
    subjectType: comment.subjectType.toUpperCase(),
    state: review?.state === "PENDING" ? "PENDING" : "SUBMITTED",
    url: github.url + path,
    resourcePath: path,
    isMinimized: comment.minimizedReason !== null,
    minimizedReason: comment.minimizedReason,
    createdAt: comment.createdAt,
    publishedAt: comment.createdAt,
    draftedAt: comment.createdAt,
    updatedAt: comment.updatedAt,
    authorAssociation: authorAssociation(github, repository, comment.userId),
    author: () => make.account(accountById(state, comment.userId)),
    commit: () => make.commit(repository, comment.commitId),
    originalCommit: () => make.commit(repository, comment.originalCommitId),
    repository: () => make.repository(repository),
    pullRequest: () => make.pull(pullById(state, comment.pullId)),
    pullRequestReview: () => review && make.review(review),
    replyTo: () => {
      const first = state.reviewComments.find((one) => one.id === comment.inReplyToId);
      return first ? make.reviewComment(first) : null;
    },
    ...make.reactionFields("reviewComment", comment.id),
  };
}

/** `PullRequestReviewThread`: the comments on one place, resolved or not. */
export function reviewThreadObject(context: Context, thread: ReviewThread): GraphqlObject {
  const { github, actor, make } = context;
  const { state } = github;
  const repository = repositoryById(state, thread.repoId);
  const comments = (): ReviewComment[] =>
    visibleComments(state, thread.pullId).filter((comment) => comment.threadId === thread.id);
  const [first] = state.reviewComments.filter((comment) => comment.threadId === thread.id);
  const mayResolve = mayAct(github, actor, repository, "write", ["pull_requests"]);
  return {
    __typename: "PullRequestReviewThread",
    id: github.nodeId("PullRequestReviewThread", thread.id),
    isResolved: thread.resolvedAt !== null,
    isCollapsed: thread.resolvedAt !== null,
    isOutdated: first !== undefined && isOutdated(first),
    resolvedBy: () => {
      const account = thread.resolvedById === null ? null : accountById(state, thread.resolvedById);
      return account?.type === "User" ? make.account(account) : null;
    },
    path: first?.path ?? "",
    line: first?.line ?? null,
    originalLine: first?.originalLine ?? null,
    startLine: first?.startLine ?? null,
    originalStartLine: first?.originalStartLine ?? null,
    diffSide: first?.side ?? "RIGHT",
    startDiffSide: first?.startSide ?? null,
    subjectType: first?.subjectType.toUpperCase() ?? "LINE",
    viewerCanReply: actor.kind === "user" || mayResolve,
    viewerCanResolve: mayResolve && thread.resolvedAt === null,
    viewerCanUnresolve: mayResolve && thread.resolvedAt !== null,
    comments: (args: Arguments) => connection("comments", comments(), args, make.reviewComment),
    repository: () => make.repository(repository),
    pullRequest: () => make.pull(pullById(state, thread.pullId)),
  };
}

function isOutdated(comment: ReviewComment): boolean {
  return comment.subjectType === "line" && comment.line === null;
}

function pullPath({ github }: Context, repository: Repository, pullId: number): string {
  return `/${fullName(github.state, repository)}/pull/${pullById(github.state, pullId).number}`;
}
