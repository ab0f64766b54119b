import type { ThreadRef } from "../domain/ids.ts";
import type { GitHubApp } from "./client.ts";
import type { CommentPlace } from "./comments.ts";
import type { Writer } from "./writer.ts";

export type Reaction = "eyes" | "rocket" | "confused";

/** Reacts to a comment, or to the issue itself when `comment` is null. GitHub keeps one reaction of a kind per account, so twice does no harm. */
export async function react(
  app: GitHubApp,
  writer: Writer,
  thread: ThreadRef,
  comment: { place: CommentPlace; id: number } | null,
  content: Reaction,
): Promise<void> {
  const api = app.in(thread.repo, { issues: "write", pull_requests: "write" }, "any");
  await writer.put(`reaction ${content}`, async () => {
    if (comment === null)
      await api.write("POST /repos/{owner}/{repo}/issues/{issue_number}/reactions", {
        ...api.at,
        issue_number: thread.number,
        content,
      });
    else if (comment.place === "issue") {
      await api.write("POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions", {
        ...api.at,
        comment_id: comment.id,
        content,
      });
    } else if (comment.place === "review-comment") {
      await api.write("POST /repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions", {
        ...api.at,
        comment_id: comment.id,
        content,
      });
    }
    // The text of a review has no reactions in the REST API; the answer itself must do.
  });
}
