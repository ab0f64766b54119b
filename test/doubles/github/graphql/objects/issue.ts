import { authorAssociation } from "../../serialize/association.ts";
import { accountById } from "../../state/accounts.ts";
import { commentsOf, issueById, labelsOf, type Issue, type IssueComment, type Label } from "../../state/issues.ts";
import { pullByNumber } from "../../state/pulls.ts";
import { fullName, repositoryById } from "../../state/repositories.ts";
import { connection } from "../connection.ts";
import type { Arguments, Context, GraphqlObject } from "../context.ts";
import { plainText } from "./text.ts";

/** `Issue`. */
export function issueObject(context: Context, issue: Issue): GraphqlObject {
  const { github } = context;
  return {
    __typename: "Issue",
    id: github.nodeId("Issue", issue.id),
    databaseId: issue.id,
    fullDatabaseId: String(issue.id),
    stateReason: issue.stateReason?.toUpperCase() ?? null,
    state: issue.state.toUpperCase(),
    ...conversationFields(context, issue, "issues"),
    ...context.make.reactionFields("issue", issue.id),
  };
}

/** What issues and pulls have in common, read from the issue row that both have. */
export function conversationFields(context: Context, issue: Issue, folder: "issues" | "pull"): Record<string, unknown> {
  const { github, make } = context;
  const { state } = github;
  const repository = repositoryById(state, issue.repoId);
  const path = `/${fullName(state, repository)}/${folder}/${issue.number}`;
  return {
    number: issue.number,
    title: issue.title,
    body: issue.body ?? "",
    bodyText: plainText(issue.body ?? ""),
    url: github.url + path,
    resourcePath: path,
    locked: issue.locked,
    activeLockReason: null,
    closed: issue.state === "closed",
    closedAt: issue.closedAt,
    createdAt: issue.createdAt,
    publishedAt: issue.createdAt,
    updatedAt: issue.updatedAt,
    authorAssociation: authorAssociation(github, repository, issue.userId),
    author: () => make.account(accountById(state, issue.userId)),
    repository: () => make.repository(repository),
    labels: (args: Arguments) => connection("labels", labelsOf(state, issue), args, make.label),
    assignees: (args: Arguments) =>
      connection("assignees", issue.assigneeIds, args, (id) => make.account(accountById(state, id))),
    comments: (args: Arguments) => connection("comments", commentsOf(state, issue.id), args, make.issueComment),
    participants: (args: Arguments) => {
      const ids = [issue.userId, ...commentsOf(state, issue.id).map((comment) => comment.userId)];
      return connection("participants", [...new Set(ids)], args, (id) => make.account(accountById(state, id)));
    },
  };
}

/** `IssueComment`: a comment in the conversation of an issue or a pull. */
export function issueCommentObject({ github, make }: Context, comment: IssueComment): GraphqlObject {
  const { state } = github;
  const issue = issueById(state, comment.issueId);
  const repository = repositoryById(state, comment.repoId);
  const folder = issue.isPull ? "pull" : "issues";
  const path = `/${fullName(state, repository)}/${folder}/${issue.number}#issuecomment-${comment.id}`;
  return {
    __typename: "IssueComment",
    id: github.nodeId("IssueComment", comment.id),
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    body: comment.body,
    bodyText: plainText(comment.body),
    url: github.url + path,
    resourcePath: path,
    isMinimized: comment.minimizedReason !== null,
    minimizedReason: comment.minimizedReason,
    createdAt: comment.createdAt,
    publishedAt: comment.createdAt,
    updatedAt: comment.updatedAt,
    lastEditedAt: comment.updatedAt === comment.createdAt ? null : comment.updatedAt,
    authorAssociation: authorAssociation(github, repository, comment.userId),
    author: () => make.account(accountById(state, comment.userId)),
    repository: () => make.repository(repository),
    issue: () => make.issue(issue),
    pullRequest: () => {
      const pull = issue.isPull ? pullByNumber(state, comment.repoId, issue.number) : null;
      return pull && make.pull(pull);
    },
    ...make.reactionFields("issueComment", comment.id),
  };
}

/** `Label`. */
export function labelObject({ github, make }: Context, label: Label): GraphqlObject {
  const { state } = github;
  const repository = repositoryById(state, label.repoId);
  const path = `/${fullName(state, repository)}/labels/${encodeURIComponent(label.name)}`;
  return {
    __typename: "Label",
    id: github.nodeId("Label", label.id),
    name: label.name,
    color: label.color,
    description: label.description,
    isDefault: label.isDefault,
    url: github.url + path,
    resourcePath: path,
    repository: () => make.repository(repository),
  };
}
