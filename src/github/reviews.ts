import type { Sha, ThreadRef } from "../domain/ids.ts";
import { markerLine, render, type Message } from "../messages/message.ts";
import type { GitHubApp } from "./client.ts";
import { isNotFound, statusOf } from "./failures.ts";
import type { Writer } from "./writer.ts";

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

/** A comment on lines of the head's file. Lines are 1-based and inclusive, and must be in one hunk of the pull's diff. */
export interface LineComment {
  readonly path: string;
  readonly startLine: number;
  readonly line: number;
  readonly message: Message;
}

const writing = { pull_requests: "write", contents: "read" } as const;

/**
 * One review of ours with its comments, of which none is made without the others: found by its marker, or submitted as a comment, which neither
 * approves nor refuses.
 * @returns whether it is there; false when GitHub does not take a line, since the pull has moved on
 */
export async function ensureReview(
  app: GitHubApp,
  writer: Writer,
  pull: ThreadRef,
  wanted: { head: Sha; message: Message; comments: readonly LineComment[] },
): Promise<boolean> {
  const api = app.in(pull.repo, writing);
  try {
    await writer.ensure(
      `review ${wanted.message.marker}`,
      () => findOwnReview(app, pull, wanted.message.marker),
      async () => {
        const { data } = await api.write("POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews", {
          ...api.at,
          pull_number: pull.number,
          commit_id: wanted.head,
          event: "COMMENT",
          body: app.redact(render(wanted.message)),
          comments: wanted.comments.map(({ path, startLine, line, message }) => ({
            path,
            line,
            side: "RIGHT",
            ...(startLine < line ? { start_line: startLine, start_side: "RIGHT" } : {}),
            body: app.redact(render(message)),
          })),
        });
        return Number(data.id);
      },
    );
    return true;
  } catch (error) {
    if (statusOf(error) === 422) return false;
    throw error;
  }
}

async function findOwnReview(app: GitHubApp, pull: ThreadRef, marker: string): Promise<number | null> {
  const { octokit, at } = app.in(pull.repo, reading);
  const line = markerLine(marker);
  const login = await app.login();
  const reviews = await octokit.paginate("GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews", {
    ...at,
    pull_number: pull.number,
    per_page: 100,
  });
  const found = reviews.find((review) => review.user?.login === login && review.body.trimEnd().endsWith(line));
  return found?.id ?? null;
}
