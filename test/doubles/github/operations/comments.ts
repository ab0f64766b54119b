import type { Actor } from "../auth.ts";
import { requireAccount } from "../rest/access.ts";
import { HttpProblem, validationFailed } from "../rest/problem.ts";
import type { GitHub } from "../state/github.ts";
import { issueById, type Issue, type IssueComment } from "../state/issues.ts";
import { repositoryById } from "../state/repositories.ts";
import { emitIssueComment } from "../webhooks/payloads/comment.ts";
import { appIdOf, mayAct } from "./acting.ts";

/** GitHub's limit for bodies of issues, pulls, comments and reviews, in characters. */
export const MAX_BODY = 65_536;

/** Comments on an issue or in the conversation of a pull. */
export function createComment(github: GitHub, actor: Actor, issue: Issue, body: string): IssueComment {
  checkBody("IssueComment", body);
  const now = github.timestamp();
  const comment: IssueComment = {
    id: github.nextId(),
    repoId: issue.repoId,
    issueId: issue.id,
    userId: requireAccount(github, actor).id,
    appId: appIdOf(actor),
    body,
    minimizedReason: null,
    createdAt: now,
    updatedAt: now,
  };
  github.state.issueComments.push(comment);
  issue.updatedAt = now;
  emitIssueComment(github, actor, "created", comment);
  return comment;
}

/** Changes a comment's text. Throws 403 unless the actor wrote it or has write access. */
export function updateComment(github: GitHub, actor: Actor, comment: IssueComment, body: string): IssueComment {
  requireAuthorOrWriter(github, actor, comment);
  checkBody("IssueComment", body);
  const from = comment.body;
  if (from === body) return comment;
  comment.body = body;
  comment.updatedAt = github.timestamp();
  issueById(github.state, comment.issueId).updatedAt = comment.updatedAt;
  emitIssueComment(github, actor, "edited", comment, { changes: { body: { from } } });
  return comment;
}

/** Deletes a comment and the reactions on it. Throws 403 as `updateComment` does. */
export function deleteComment(github: GitHub, actor: Actor, comment: IssueComment): void {
  requireAuthorOrWriter(github, actor, comment);
  const { state } = github;
  state.issueComments.splice(state.issueComments.indexOf(comment), 1);
  emitIssueComment(github, actor, "deleted", comment);
  state.reactions = state.reactions.filter((one) => one.subject !== "issueComment" || one.subjectId !== comment.id);
}

/** Throws 403 unless the actor wrote the thing or has write access to its repository. */
export function requireAuthorOrWriter(github: GitHub, actor: Actor, thing: { userId: number; repoId: number }): void {
  const account = requireAccount(github, actor);
  if (thing.userId === account.id || mayAct(github, actor, repositoryById(github.state, thing.repoId), "write")) return;
  throw new HttpProblem(403, "Must have admin rights to Repository.");
}

/** Throws 422 for a body that is blank or longer than GitHub takes. */
export function checkBody(resource: string, body: string): void {
  if (body.trim() === "")
    throw validationFailed({ resource, code: "unprocessable", field: "data", message: "Body cannot be blank" });
  if (body.length > MAX_BODY)
    throw validationFailed({
      resource,
      code: "custom",
      field: "body",
      message: "body is too long (maximum is 65536 characters)",
    });
}
