import { accountById } from "../state/accounts.ts";
import type { GitHub } from "../state/github.ts";
import { pullById, type Review, type ReviewComment } from "../state/pulls.ts";
import { repositoryById } from "../state/repositories.ts";
import { serializeAccount } from "./account.ts";
import { authorAssociation } from "./association.ts";
import { repositoryPage, repositoryUrl } from "./issue.ts";
import { reactionRollup } from "./reaction.ts";

/** GitHub's `pull-request-review`. */
export function serializeReview(github: GitHub, review: Review) {
  const { state } = github;
  const repository = repositoryById(state, review.repoId);
  const pull = pullById(state, review.pullId);
  const page = `${repositoryPage(github, repository)}/pull/${pull.number}#pullrequestreview-${review.id}`;
  const pullUrl = `${repositoryUrl(github, repository)}/pulls/${pull.number}`;
  return {
    id: review.id,
    node_id: github.nodeId("PullRequestReview", review.id),
    user: serializeAccount(github, accountById(state, review.userId)),
    body: review.body,
    state: review.state,
    html_url: page,
    pull_request_url: pullUrl,
    author_association: authorAssociation(github, repository, review.userId),
    _links: { html: { href: page }, pull_request: { href: pullUrl } },
    ...(review.submittedAt !== null && { submitted_at: review.submittedAt }),
    commit_id: review.commitId,
  };
}

/** GitHub's `pull-request-review-comment`. */
export function serializeReviewComment(github: GitHub, comment: ReviewComment) {
  const { state } = github;
  const repository = repositoryById(state, comment.repoId);
  const pull = pullById(state, comment.pullId);
  const api = repositoryUrl(github, repository);
  const url = `${api}/pulls/comments/${comment.id}`;
  const page = `${repositoryPage(github, repository)}/pull/${pull.number}#discussion_r${comment.id}`;
  const pullUrl = `${api}/pulls/${pull.number}`;
  return {
    url,
    pull_request_review_id: comment.reviewId,
    id: comment.id,
    node_id: github.nodeId("PullRequestReviewComment", comment.id),
    diff_hunk: comment.diffHunk,
    path: comment.path,
    commit_id: comment.commitId,
    original_commit_id: comment.originalCommitId,
    user: serializeAccount(github, accountById(state, comment.userId)),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    html_url: page,
    pull_request_url: pullUrl,
    author_association: authorAssociation(github, repository, comment.userId),
    _links: { self: { href: url }, html: { href: page }, pull_request: { href: pullUrl } },
    reactions: reactionRollup(github, "reviewComment", comment.id, url),
    start_line: comment.startLine,
    original_start_line: comment.originalStartLine,
    start_side: comment.startSide,
    line: comment.line,
    original_line: comment.originalLine,
    side: comment.side,
    ...(comment.inReplyToId !== null && { in_reply_to_id: comment.inReplyToId }),
    original_position: comment.originalPosition,
    position: comment.position,
    subject_type: comment.subjectType,
  };
}
