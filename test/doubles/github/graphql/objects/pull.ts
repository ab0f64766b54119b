import type { DiffFile } from "../../git/bare-repository.ts";
import { closingIssues } from "../../operations/keywords.ts";
import { mergeableState } from "../../operations/mergeable-state.ts";
import { latestOpinions } from "../../operations/protection.ts";
import { pullDiff } from "../../operations/pull-diff.ts";
import { trialMerge } from "../../operations/trial-merge.ts";
import { accountById, accountByLogin } from "../../state/accounts.ts";
import { issueById } from "../../state/issues.ts";
import { reviewsOf, threadsOf, type AutoMerge, type Pull, type Review } from "../../state/pulls.ts";
import { branchProtectionOf, fullName, repositoryById, type Repository } from "../../state/repositories.ts";
import { connection } from "../connection.ts";
import type { Arguments, Context, GraphqlObject } from "../context.ts";
import { conversationFields } from "./issue.ts";

const CHANGES: Record<DiffFile["status"], string> = {
  added: "ADDED",
  removed: "DELETED",
  modified: "MODIFIED",
  renamed: "RENAMED",
  copied: "COPIED",
  changed: "CHANGED",
};

/** `PullRequest`. */
export function pullObject(context: Context, pull: Pull): GraphqlObject {
  const { github, make } = context;
  const issue = issueById(github.state, pull.issueId);
  return {
    __typename: "PullRequest",
    id: github.nodeId("PullRequest", pull.id),
    databaseId: pull.id,
    fullDatabaseId: String(pull.id),
    ...conversationFields(context, issue, "pull"),
    state: pull.mergedAt === null ? issue.state.toUpperCase() : "MERGED",
    isDraft: pull.draft,
    maintainerCanModify: pull.maintainerCanModify,
    merged: pull.mergedAt !== null,
    mergedAt: pull.mergedAt,
    mergedBy: () => (pull.mergedById === null ? null : make.account(accountById(github.state, pull.mergedById))),
    autoMergeRequest: () => pull.autoMerge && autoMergeObject(context, pull, pull.autoMerge),
    isInMergeQueue: false,
    isMergeQueueEnabled: false,
    mergeQueueEntry: null,
    ...branchFields(context, pull),
    ...mergeFields(context, pull),
    ...diffFields(context, pull),
    ...reviewFields(context, pull),
    ...make.reactionFields("issue", pull.issueId),
  };
}

function branchFields({ github, make }: Context, pull: Pull): Record<string, unknown> {
  const { state } = github;
  const base = repositoryById(state, pull.repoId);
  const body = issueById(state, pull.issueId).body ?? "";
  const head = state.repositories.find((one) => one.id === pull.head.repoId) ?? null;
  return {
    baseRefName: pull.base.ref,
    baseRefOid: pull.base.sha,
    baseRef: () => make.ref(base, `refs/heads/${pull.base.ref}`),
    baseRepository: () => make.repository(base),
    headRefName: pull.head.ref,
    headRefOid: pull.head.sha,
    headRef: () => head && make.ref(head, `refs/heads/${pull.head.ref}`),
    headRepository: () => head && make.repository(head),
    headRepositoryOwner: () => {
      const owner = accountByLogin(state, pull.head.ownerLogin);
      return owner && make.account(owner);
    },
    isCrossRepository: pull.head.repoId !== pull.repoId,
    closingIssuesReferences: (args: Arguments) =>
      connection("closingIssuesReferences", closingIssues(github, base, body), args, make.issue),
  };
}

function mergeFields({ github, make }: Context, pull: Pull): Record<string, unknown> {
  const repository = repositoryById(github.state, pull.repoId);
  return {
    mergeable: async () => {
      const trial = await trialMerge(github, pull);
      return trial === null ? "UNKNOWN" : trial.clean ? "MERGEABLE" : "CONFLICTING";
    },
    mergeStateStatus: async () => {
      await trialMerge(github, pull);
      return (await mergeableState(github, pull)).toUpperCase();
    },
    potentialMergeCommit: async () => {
      const trial = await trialMerge(github, pull);
      return trial?.commit ? make.commit(repository, trial.commit) : null;
    },
    mergeCommit: () => (pull.mergedSha === null ? null : make.commit(repository, pull.mergedSha)),
    statusCheckRollup: () => make.statusCheckRollup(repository, pull.head.sha),
  };
}

function diffFields({ github, make }: Context, pull: Pull): Record<string, unknown> {
  const { state } = github;
  const repository = repositoryById(github.state, pull.repoId);
  const sum = async (key: "additions" | "deletions"): Promise<number> =>
    (await pullDiff(github, pull)).files.reduce((total, file) => total + file[key], 0);
  return {
    additions: () => sum("additions"),
    deletions: () => sum("deletions"),
    changedFiles: async () => (await pullDiff(github, pull)).files.length,
    files: async (args: Arguments) =>
      connection("files", (await pullDiff(github, pull)).files, args, ({ path, additions, deletions, status }) => ({
        path,
        additions,
        deletions,
        changeType: CHANGES[status],
      })),
    commits: async (args: Arguments) =>
      connection("commits", (await pullDiff(github, pull)).commits, args, ({ sha }) => ({
        __typename: "PullRequestCommit",
        id: github.nodeId("PullRequestCommit", `${pull.id}:${sha}`),
        url: `${github.url}/${fullName(state, repository)}/pull/${pull.number}/commits/${sha}`,
        commit: () => make.commit(repository, sha),
        pullRequest: () => make.pull(pull),
      })),
  };
}

function reviewFields(context: Context, pull: Pull): Record<string, unknown> {
  const { github, make } = context;
  const { state } = github;
  const repository = repositoryById(state, pull.repoId);
  const visible = (): Review[] => reviewsOf(state, pull.id).filter((review) => review.state !== "PENDING");
  return {
    reviews: (args: Arguments) => {
      const { states, author } = args;
      const wanted = visible().filter(
        (review) =>
          (!Array.isArray(states) || states.length === 0 || states.includes(review.state)) &&
          (typeof author !== "string" || accountById(state, review.userId).login === author),
      );
      return connection("reviews", wanted, args, make.review);
    },
    latestReviews: (args: Arguments) => {
      const newest = new Map(visible().map((review) => [review.userId, review]));
      return connection("latestReviews", [...newest.values()], args, make.review);
    },
    latestOpinionatedReviews: (args: Arguments) =>
      connection("latestOpinionatedReviews", latestOpinions(github, pull), args, make.review),
    reviewDecision: () => reviewDecision(context, repository, pull),
    reviewRequests: (args: Arguments) =>
      connection("reviewRequests", pull.requestedReviewerIds, args, (id) => ({
        asCodeOwner: false,
        pullRequest: () => make.pull(pull),
        requestedReviewer: () => make.account(accountById(state, id)),
      })),
    reviewThreads: (args: Arguments) => connection("reviewThreads", threadsOf(state, pull.id), args, make.reviewThread),
  };
}

/** Null when the base branch asks for no review and nobody has given an opinion. */
function reviewDecision({ github }: Context, repository: Repository, pull: Pull): string | null {
  const required = branchProtectionOf(github.state, repository, pull.base.ref)?.requiredReviews ?? null;
  const opinions = latestOpinions(github, pull);
  if (opinions.some((review) => review.state === "CHANGES_REQUESTED")) return "CHANGES_REQUESTED";
  const approvals = opinions.filter((review) => review.state === "APPROVED").length;
  if (required === null) return approvals > 0 ? "APPROVED" : null;
  return approvals >= Math.max(1, required.approvals) ? "APPROVED" : "REVIEW_REQUIRED";
}

function autoMergeObject({ github, make }: Context, pull: Pull, wish: AutoMerge): Record<string, unknown> {
  return {
    mergeMethod: wish.method.toUpperCase(),
    commitHeadline: wish.commitTitle,
    commitBody: wish.commitMessage,
    enabledAt: wish.enabledAt,
    enabledBy: () => make.account(accountById(github.state, wish.enabledById)),
    pullRequest: () => make.pull(pull),
  };
}
