import { accountObject, appObject } from "./objects/account.ts";
import { checkRunObject, checkSuiteObject, statusCheckRollup } from "./objects/check.ts";
import { commitObject } from "./objects/commit.ts";
import { gitObject, refObject } from "./objects/git.ts";
import { issueCommentObject, issueObject, labelObject } from "./objects/issue.ts";
import { pullObject } from "./objects/pull.ts";
import { reactionFields, reactionObject } from "./objects/reaction.ts";
import { repositoryObject } from "./objects/repository.ts";
import { reviewCommentObject, reviewObject, reviewThreadObject } from "./objects/review.ts";
import type { Context, Makers } from "./context.ts";

/** The context of one request, with the makers of all families bound to it. */
export function contextOf(asked: Omit<Context, "make">): Context {
  const make: Makers = {
    account: (account) => accountObject(context, account),
    app: (app) => appObject(context, app),
    repository: (repository) => repositoryObject(context, repository),
    ref: (repository, name) => refObject(context, repository, name),
    commit: (repository, sha) => commitObject(context, repository, sha),
    gitObject: (repository, sha) => gitObject(context, repository, sha),
    issue: (issue) => issueObject(context, issue),
    issueComment: (comment) => issueCommentObject(context, comment),
    label: (label) => labelObject(context, label),
    reaction: (reaction) => reactionObject(context, reaction),
    reactionFields: (subject, id) => reactionFields(context, subject, id),
    pull: (pull) => pullObject(context, pull),
    review: (review) => reviewObject(context, review),
    reviewComment: (comment) => reviewCommentObject(context, comment),
    reviewThread: (thread) => reviewThreadObject(context, thread),
    checkRun: (run) => checkRunObject(context, run),
    checkSuite: (suite) => checkSuiteObject(context, suite),
    statusCheckRollup: (repository, sha) => statusCheckRollup(context, repository, sha),
  };
  const context: Context = { ...asked, make };
  return context;
}
