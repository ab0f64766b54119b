import { mayAct } from "../../operations/acting.ts";
import { createComment, deleteComment, updateComment } from "../../operations/comments.ts";
import { closeIssue, createIssue, reopenIssue, updateIssue } from "../../operations/issues.ts";
import { addLabels, removeLabel } from "../../operations/labels.ts";
import { notAccessible } from "../../rest/problem.ts";
import { accountById } from "../../state/accounts.ts";
import { issueById, type Issue, type Label, type StateReason } from "../../state/issues.ts";
import { parseNodeId } from "../../state/node-id.ts";
import { connection } from "../connection.ts";
import { requireAccess, type Context, type GraphqlObject } from "../context.ts";
import { entityById } from "../node.ts";
import { noSuchNode } from "../problem.ts";
import { mutation, optionalText, textOf } from "./input.ts";

const REASONS: Record<string, StateReason> = {
  COMPLETED: "completed",
  NOT_PLANNED: "not_planned",
  DUPLICATE: "duplicate",
};

/** Mutations of issues, of the conversation and of labels. */
export function issueMutations(context: Context): Record<string, unknown> {
  const { github, actor, make } = context;
  return {
    createIssue: mutation(async (input) => {
      const { repository } = entityById(context, input.repositoryId, "Repository");
      requireAccess(context, repository, { issues: "write" }, "read");
      const people = idsOf(input.assigneeIds, "User").map((id) => accountById(github.state, id).login);
      const labels = labelsById(context, input.labelIds).map((label) => label.name);
      const body = optionalText(input, "body") ?? null;
      const fields = { title: textOf(input, "title"), body, labels, assignees: people };
      const issue = await createIssue(github, actor, repository, fields);
      return { issue: () => make.issue(issue) };
    }),
    updateIssue: mutation(async (input) => {
      const issue = issueOf(context, input.id);
      const change = { title: optionalText(input, "title"), body: optionalText(input, "body") };
      const state = optionalText(input, "state") === "CLOSED" ? "closed" : optionalText(input, "state") && "open";
      await updateIssue(github, actor, issue, {
        ...(change.title !== undefined && { title: change.title }),
        ...(change.body !== undefined && { body: change.body }),
        ...(state && { state }),
      });
      return { issue: () => make.issue(issue) };
    }),
    closeIssue: mutation(async (input) => {
      const issue = issueOf(context, input.issueId);
      requireTriage(context, issue);
      await closeIssue(github, actor, issue, REASONS[textOf(input, "stateReason")] ?? "completed");
      return { issue: () => make.issue(issue) };
    }),
    reopenIssue: mutation(async (input) => {
      const issue = issueOf(context, input.issueId);
      requireTriage(context, issue);
      await reopenIssue(github, actor, issue);
      return { issue: () => make.issue(issue) };
    }),
    addLabelsToLabelable: mutation(async (input) => {
      const { issue, object } = conversationOf(context, input.labelableId);
      requireTriage(context, issue);
      const names = labelsById(context, input.labelIds).map((label) => label.name);
      await addLabels(github, actor, issue, names);
      return { labelable: object };
    }),
    removeLabelsFromLabelable: mutation(async (input) => {
      const { issue, object } = conversationOf(context, input.labelableId);
      requireTriage(context, issue);
      for (const label of labelsById(context, input.labelIds)) await removeLabel(github, actor, issue, label.name);
      return { labelable: object };
    }),
    ...commentMutations(context),
  };
}

function commentMutations(context: Context): Record<string, unknown> {
  const { github, actor, make } = context;
  return {
    addComment: mutation((input) => {
      const { issue, object } = conversationOf(context, input.subjectId);
      const comment = createComment(github, actor, issue, textOf(input, "body"));
      const edge = connection("comments", [comment], { first: 1 }, make.issueComment);
      const commentEdge = async (): Promise<unknown> => [(await edge).edges].flat()[0];
      return { commentEdge, subject: object };
    }),
    updateIssueComment: mutation((input) => {
      const { entity, repository } = entityById(context, input.id, "IssueComment");
      requireAccess(context, repository, { issues: "write", pull_requests: "write" }, "read");
      updateComment(github, actor, entity, textOf(input, "body"));
      return { issueComment: () => make.issueComment(entity) };
    }),
    deleteIssueComment: mutation((input) => {
      const { entity, repository } = entityById(context, input.id, "IssueComment");
      requireAccess(context, repository, { issues: "write", pull_requests: "write" }, "read");
      deleteComment(github, actor, entity);
      return {};
    }),
  };
}

/** The issue or pull with this global id, for what can be done to both; its conversation is in the issue row. */
export function conversationOf(context: Context, id: unknown): { issue: Issue; object: () => GraphqlObject } {
  const { github, make } = context;
  const found = entityById(context, id, "Issue", "PullRequest");
  if (found.kind === "Issue") {
    requireAccess(context, found.repository, { issues: "write" }, "read");
    return { issue: found.entity, object: () => make.issue(found.entity) };
  }
  requireAccess(context, found.repository, { issues: "write", pull_requests: "write" }, "read");
  return { issue: issueById(github.state, found.entity.issueId), object: () => make.pull(found.entity) };
}

function issueOf(context: Context, id: unknown): Issue {
  const { entity, repository } = entityById(context, id, "Issue");
  requireAccess(context, repository, { issues: "write" }, "read");
  return entity;
}

/** A person needs triage access, or to be the author. */
function requireTriage({ github, actor }: Context, issue: Issue): void {
  const repository = github.state.repositories.find((one) => one.id === issue.repoId);
  const isAuthor = actor.kind === "user" && actor.user.id === issue.userId;
  if (!isAuthor && repository && !mayAct(github, actor, repository, "triage")) throw notAccessible();
}

function idsOf(ids: unknown, kind: "User" | "Label"): number[] {
  return (Array.isArray(ids) ? ids : []).map((id) => {
    const parsed = parseNodeId(String(id));
    if (parsed?.kind !== kind) throw noSuchNode(String(id));
    return Number(parsed.id);
  });
}

function labelsById({ github }: Context, ids: unknown): Label[] {
  return idsOf(ids, "Label").map((id) => {
    const label = github.state.labels.find((one) => one.id === id);
    if (!label) throw noSuchNode(github.nodeId("Label", id));
    return label;
  });
}
