import type { ThreadRef } from "../domain/ids.ts";
import type { GitHubApp } from "./client.ts";
import { isNotFound } from "./failures.ts";

export interface SubmittedReview {
  readonly id: number;
  readonly author: string;
  readonly isBot: boolean;
  /** `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED` or `DISMISSED`. */
  readonly state: string;
  readonly body: string;
  /** The head that was reviewed; null when GitHub no longer knows it. */
  readonly commit: string | null;
  readonly submittedAt: string;
}

/** A comment of a review on a line or a file of the diff. */
export interface ReviewComment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  readonly path: string;
  /** The piece of the diff that it stands at. */
  readonly diffHunk: string;
  /** The thread's first comment, when this is a reply. */
  readonly inReplyTo: number | null;
  readonly createdAt: string;
}

const reading = { pull_requests: "read" } as const;

/** The review as it is now; null when it is gone. */
export async function getReview(app: GitHubApp, pull: ThreadRef, id: number): Promise<SubmittedReview | null> {
  const api = app.in(pull.repo, reading);
  try {
    const { data } = await api.read("GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}", {
      ...api.at,
      pull_number: pull.number,
      review_id: id,
    });
    return {
      id: Number(data.id),
      author: data.user?.login ?? "ghost",
      isBot: data.user?.type === "Bot",
      state: data.state,
      body: data.body,
      commit: data.commit_id,
      submittedAt: data.submitted_at ?? "",
    };
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** The comments that were submitted with a review, oldest first; none when it is gone. */
export async function listReviewComments(
  app: GitHubApp,
  pull: ThreadRef,
  id: number,
): Promise<readonly ReviewComment[]> {
  const { octokit, at } = app.in(pull.repo, reading);
  try {
    const comments = await octokit.paginate(
      "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/comments",
      {
        ...at,
        pull_number: pull.number,
        review_id: id,
        per_page: 100,
      },
    );
    return comments.map((comment) => ({
      id: comment.id,
      author: comment.user?.login ?? "ghost",
      body: comment.body,
      path: comment.path,
      diffHunk: comment.diff_hunk,
      inReplyTo: comment.in_reply_to_id ?? null,
      createdAt: comment.created_at,
    }));
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}
