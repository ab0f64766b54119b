import { mayAct } from "../../operations/acting.ts";
import { react, unreact } from "../../operations/reactions.ts";
import { actingAccount } from "../../auth.ts";
import { notAccessible } from "../../rest/problem.ts";
import { reactionsOn, type ReactionSubject } from "../../state/issues.ts";
import { requireAccess, type Context, type GraphqlObject } from "../context.ts";
import { entityById } from "../node.ts";
import { GraphqlProblem } from "../problem.ts";
import { reactionContentOf } from "../objects/reaction.ts";
import { mutation, textOf, type Input } from "./input.ts";
import { conversationOf } from "./issues.ts";

/** Reactions, and the hiding of comments. */
export function reactionMutations(context: Context): Record<string, unknown> {
  const { github, actor, make } = context;
  const groups = (subject: Subject): unknown => make.reactionFields(subject.kind, subject.id).reactionGroups;
  return {
    addReaction: mutation((input) => {
      const subject = subjectOf(context, input.subjectId);
      const { reaction } = react(github, actor, subject.kind, subject.id, contentOf(input));
      return { reaction: () => make.reaction(reaction), subject: subject.object, reactionGroups: groups(subject) };
    }),
    removeReaction: mutation((input) => {
      const subject = subjectOf(context, input.subjectId);
      const content = contentOf(input);
      const account = actingAccount(github, actor);
      const own = reactionsOn(github.state, subject.kind, subject.id).find(
        (one) => one.content === content && one.userId === account?.id,
      );
      if (!own) throw new GraphqlProblem("UNPROCESSABLE", "Reaction does not exist");
      const reaction = make.reaction(own);
      unreact(github, actor, subject.kind, subject.id, own.id);
      return { reaction, subject: subject.object, reactionGroups: groups(subject) };
    }),
    minimizeComment: mutation((input) => {
      const reason = textOf(input, "classifier").toLowerCase().replace("_", "-");
      return { minimizedComment: setMinimized(context, input, reason) };
    }),
    unminimizeComment: mutation((input) => ({ unminimizedComment: setMinimized(context, input, null) })),
  };
}

interface Subject {
  kind: ReactionSubject;
  id: number;
  object: () => GraphqlObject;
}

function subjectOf(context: Context, id: unknown): Subject {
  const { make } = context;
  const found = entityById(context, id, "Issue", "PullRequest", "IssueComment", "PullRequestReviewComment");
  switch (found.kind) {
    case "Issue":
    case "PullRequest": {
      const { issue, object } = conversationOf(context, id);
      return { kind: "issue", id: issue.id, object };
    }
    case "IssueComment":
      requireAccess(context, found.repository, { issues: "write", pull_requests: "write" }, "read");
      return { kind: "issueComment", id: found.entity.id, object: () => make.issueComment(found.entity) };
    case "PullRequestReviewComment":
      requireAccess(context, found.repository, { pull_requests: "write" }, "read");
      return { kind: "reviewComment", id: found.entity.id, object: () => make.reviewComment(found.entity) };
  }
}

function contentOf(input: Input): NonNullable<ReturnType<typeof reactionContentOf>> {
  const content = reactionContentOf(input.content);
  if (content === undefined) throw new GraphqlProblem("UNPROCESSABLE", `${String(input.content)} is no reaction.`);
  return content;
}

/** Hides or shows a comment; on GitHub this has no event. A person must be its author or have write access. */
function setMinimized(context: Context, input: Input, reason: string | null): () => GraphqlObject {
  const { github, actor, make } = context;
  const found = entityById(context, input.subjectId, "IssueComment", "PullRequestReviewComment");
  requireAccess(context, found.repository, { issues: "write", pull_requests: "write" }, "read");
  const isAuthor = actingAccount(github, actor)?.id === found.entity.userId;
  if (!isAuthor && !mayAct(github, actor, found.repository, "write")) throw notAccessible();
  found.entity.minimizedReason = reason;
  const { entity } = found;
  return () => ("issueId" in entity ? make.issueComment(entity) : make.reviewComment(entity));
}
