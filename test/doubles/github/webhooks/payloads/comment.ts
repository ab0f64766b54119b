import type { Actor } from "../../auth.ts";
import { requireAccount } from "../../rest/access.ts";
import { serializeIssue, serializeIssueComment } from "../../serialize/issue.ts";
import type { GitHub } from "../../state/github.ts";
import { issueById, type IssueComment } from "../../state/issues.ts";
import { repositoryById } from "../../state/repositories.ts";

/** `issue_comment.ACTION`, for issues and for the conversation of pulls. */
export function emitIssueComment(
  github: GitHub,
  actor: Actor,
  action: "created" | "edited" | "deleted",
  comment: IssueComment,
  extra: Record<string, unknown> = {},
): void {
  const issue = issueById(github.state, comment.issueId);
  github.emit({
    event: "issue_comment",
    action,
    repository: repositoryById(github.state, comment.repoId),
    sender: requireAccount(github, actor),
    payload: { issue: serializeIssue(github, issue), comment: serializeIssueComment(github, comment), ...extra },
  });
}
