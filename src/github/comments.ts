import type { ThreadRef } from "../domain/ids.ts";
import { markerLine, render, type Message } from "../messages/message.ts";
import type { GitHubApp, RepoApi } from "./client.ts";
import { isNotFound } from "./failures.ts";
import type { Writer } from "./writer.ts";

/** Which API holds a comment: the conversation, the lines of a diff, or the text of a review. */
export type CommentPlace = "issue" | "review-comment" | "review";

export interface Comment {
  readonly id: number;
  readonly body: string;
  readonly author: string;
  readonly authorId: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly url: string;
  /** Written by this App. */
  readonly ours: boolean;
}

const reading = { issues: "read", pull_requests: "read" } as const;
const writing = { issues: "write", pull_requests: "write" } as const;

/** The comment as it is now, or null when it is gone. */
export async function getComment(
  app: GitHubApp,
  thread: ThreadRef,
  place: CommentPlace,
  id: number,
): Promise<Comment | null> {
  const api = app.in(thread.repo, reading, "any");
  try {
    if (place === "issue")
      return toComment(
        app,
        (await api.read("GET /repos/{owner}/{repo}/issues/comments/{comment_id}", { ...api.at, comment_id: id })).data,
      );
    if (place === "review-comment") {
      return toComment(
        app,
        (await api.read("GET /repos/{owner}/{repo}/pulls/comments/{comment_id}", { ...api.at, comment_id: id })).data,
      );
    }
    const { data } = await api.read("GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}", {
      ...api.at,
      pull_number: thread.number,
      review_id: id,
    });
    const at = data.submitted_at ?? "";
    return toComment(app, { ...data, created_at: at, updated_at: at });
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** The conversation of an issue or pull, oldest first, at most `limit`. */
export async function listComments(app: GitHubApp, thread: ThreadRef, limit = 1_000): Promise<readonly Comment[]> {
  const found: Comment[] = [];
  for await (const page of pagesOf(app, thread)) {
    found.push(...page);
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}

async function* pagesOf(app: GitHubApp, thread: ThreadRef): AsyncGenerator<readonly Comment[]> {
  const api = app.in(thread.repo, reading, "any");
  const pages = api.octokit.paginate.iterator("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
    ...api.at,
    issue_number: thread.number,
    per_page: 100,
  });
  for await (const { data } of pages) yield data.map((raw) => toComment(app, raw));
}

/** Brings our message in the thread to the wanted text: made when absent, edited when different. Returns its id and address. */
export async function syncComment(
  app: GitHubApp,
  writer: Writer,
  thread: ThreadRef,
  message: Message,
): Promise<{ id: number; url: string }> {
  const api = app.in(thread.repo, writing, "any");
  const body = app.redact(render(message));
  const comment = await writer.ensure(
    `comment ${message.marker}`,
    () => findOurs(app, thread, message.marker),
    async () => {
      const { data } = await api.write("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
        ...api.at,
        issue_number: thread.number,
        body,
      });
      return toComment(app, data);
    },
  );
  if (comment.body !== body) await edit(api, writer, comment.id, body);
  return { id: comment.id, url: comment.url };
}

/** The same for a message that nobody needs unless it is there already. */
export async function editComment(app: GitHubApp, writer: Writer, thread: ThreadRef, message: Message): Promise<void> {
  const comment = await findOurs(app, thread, message.marker);
  const body = app.redact(render(message));
  if (comment !== null && comment.body !== body)
    await edit(app.in(thread.repo, writing, "any"), writer, comment.id, body);
}

async function edit(api: RepoApi, writer: Writer, id: number, body: string): Promise<void> {
  await writer.put(`edit of comment ${id}`, () =>
    api.write("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", { ...api.at, comment_id: id, body }),
  );
}

/** Goes to the end of the conversation, however long: a message that is not found is written again. */
async function findOurs(app: GitHubApp, thread: ThreadRef, marker: string): Promise<Comment | null> {
  const line = markerLine(marker);
  for await (const page of pagesOf(app, thread)) {
    const found = page.find((comment) => comment.ours && comment.body.trimEnd().endsWith(line));
    if (found !== undefined) return found;
  }
  return null;
}

interface RawComment {
  id: number | bigint;
  body?: string | null | undefined;
  user: { login: string; id: number | bigint } | null;
  created_at: string;
  updated_at: string;
  html_url: string;
  performed_via_github_app?: { id: number | bigint } | null | undefined;
}

function toComment(app: GitHubApp, raw: RawComment): Comment {
  return {
    id: Number(raw.id),
    body: raw.body ?? "",
    author: raw.user?.login ?? "ghost",
    authorId: Number(raw.user?.id ?? 0),
    createdAt: raw.created_at,
    updatedAt: raw.updated_at,
    url: raw.html_url,
    ours: Number(raw.performed_via_github_app?.id ?? 0) === app.appId,
  };
}
