import { GraphqlResponseError } from "@octokit/graphql";
import type { ThreadRef } from "../domain/ids.ts";
import { markerLine, render, type Message } from "../messages/message.ts";
import type { GitHubApp, RepoApi } from "./client.ts";
import { isNotFound, translate } from "./failures.ts";
import type { Writer } from "./writer.ts";

export interface ThreadComment {
  readonly id: number;
  /** As REST names it: `name[bot]` for an App. */
  readonly author: string;
  readonly body: string;
  readonly createdAt: string;
  /** The review that the comment was submitted with. */
  readonly review: number | null;
}

export interface ReviewThread {
  /** GitHub's node id, which `resolveThread` wants. */
  readonly id: string;
  readonly isResolved: boolean;
  readonly isOutdated: boolean;
  readonly path: string;
  /** The line in the head's file; null when the thread is about the whole file or the line is gone. */
  readonly line: number | null;
  /** Oldest first; replies go to the first one's id. */
  readonly comments: readonly ThreadComment[];
}

interface Page<T> {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly nodes: readonly T[];
}

interface RawComment {
  readonly fullDatabaseId: string;
  readonly body: string;
  readonly createdAt: string;
  readonly author: { readonly login: string; readonly __typename: string } | null;
  readonly pullRequestReview: { readonly fullDatabaseId: string } | null;
}

interface RawThread extends Omit<ReviewThread, "comments"> {
  readonly comments: Page<RawComment>;
}

// Ids of comments and reviews have outgrown the 32 bits of `databaseId`.
const commentPage = /* GraphQL */ `
  pageInfo {
    hasNextPage
    endCursor
  }
  nodes {
    fullDatabaseId
    body
    createdAt
    author {
      login
      __typename
    }
    pullRequestReview {
      fullDatabaseId
    }
  }
`;

const threadsQuery = /* GraphQL */ `
  query threads($owner: String!, $repo: String!, $number: Int!, $after: String) {
    repository(owner: $owner, name: $repo) {
      pullRequest(number: $number) {
        reviewThreads(first: 50, after: $after) {
          pageInfo {
            hasNextPage
            endCursor
          }
          nodes {
            id
            isResolved
            isOutdated
            path
            line
            comments(first: 50) {
              ${commentPage}
            }
          }
        }
      }
    }
  }
`;

const commentsQuery = /* GraphQL */ `
  query comments($id: ID!, $after: String) {
    node(id: $id) {
      ... on PullRequestReviewThread {
        comments(first: 100, after: $after) {
          ${commentPage}
        }
      }
    }
  }
`;

const stateQuery = /* GraphQL */ `
  query state($id: ID!) {
    node(id: $id) {
      ... on PullRequestReviewThread {
        isResolved
      }
    }
  }
`;

const resolveMutation = /* GraphQL */ `
  mutation resolve($input: ResolveReviewThreadInput!) {
    resolveReviewThread(input: $input) {
      thread {
        isResolved
      }
    }
  }
`;

const unresolveMutation = /* GraphQL */ `
  mutation unresolve($input: UnresolveReviewThreadInput!) {
    unresolveReviewThread(input: $input) {
      thread {
        isResolved
      }
    }
  }
`;

const reading = { pull_requests: "read", contents: "read" } as const;
const writing = { pull_requests: "write", contents: "write" } as const;

/** All review threads of a pull with all their comments, as GitHub orders them; none when the pull is gone. */
export async function listReviewThreads(app: GitHubApp, pull: ThreadRef): Promise<readonly ReviewThread[]> {
  const api = app.in(pull.repo, reading);
  const threads: RawThread[] = [];
  for (let after: string | null = null; ;) {
    const page: Page<RawThread> | null = await threadsAfter(api, pull.number, after);
    threads.push(...(page?.nodes ?? []));
    if (!page?.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  const found: ReviewThread[] = [];
  for (const { comments, ...thread } of threads)
    found.push({ ...thread, comments: (await allComments(api, thread.id, comments)).map(toComment) });
  return found;
}

/**
 * Our message in a thread of the diff: made as a reply when absent, edited when different.
 * @param comment the thread's first comment; GitHub takes no replies to replies
 * @returns null when the thread is gone
 */
export async function replyToThread(
  app: GitHubApp,
  writer: Writer,
  pull: ThreadRef,
  comment: number,
  message: Message,
): Promise<{ id: number; url: string } | null> {
  const api = app.in(pull.repo, writing);
  const body = app.redact(render(message));
  try {
    const reply = await writer.ensure(
      `reply ${message.marker} to ${comment}`,
      () => findReply(app, pull, comment, message.marker),
      async () => {
        const { data } = await api.write(
          "POST /repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies",
          {
            ...api.at,
            pull_number: pull.number,
            comment_id: comment,
            body,
          },
        );
        return { id: Number(data.id), url: data.html_url, body: data.body };
      },
    );
    if (reply.body !== body) await editThreadComment(app, writer, pull, reply.id, message);
    return { id: reply.id, url: reply.url };
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** Marks a thread as resolved. One that is resolved already, or gone, is left alone. */
export async function resolveThread(app: GitHubApp, writer: Writer, pull: ThreadRef, id: string): Promise<void> {
  await turnThread(app, writer, pull, id, true);
}

/** Opens a resolved thread again. One that is open already, or gone, is left alone. */
export async function reopenThread(app: GitHubApp, writer: Writer, pull: ThreadRef, id: string): Promise<void> {
  await turnThread(app, writer, pull, id, false);
}

async function turnThread(
  app: GitHubApp,
  writer: Writer,
  pull: ThreadRef,
  id: string,
  resolved: boolean,
): Promise<void> {
  const api = app.in(pull.repo, writing);
  await writer.ensure(
    `${resolved ? "resolved" : "open"} thread ${id}`,
    async () => {
      const state = await ask<{ node: { isResolved: boolean } | null }>(api, stateQuery, { id });
      return state.node === null || state.node.isResolved === resolved ? true : null;
    },
    async () => {
      await api.graphql(resolved ? resolveMutation : unresolveMutation, { input: { threadId: id } });
      return true;
    },
  );
}

/** Puts another text into a comment of ours on the diff; nothing happens when it is gone. */
export async function editThreadComment(
  app: GitHubApp,
  writer: Writer,
  pull: ThreadRef,
  comment: number,
  message: Message,
): Promise<void> {
  const api = app.in(pull.repo, writing);
  const body = app.redact(render(message));
  try {
    await writer.put(`edit of review comment ${comment}`, () =>
      api.write("PATCH /repos/{owner}/{repo}/pulls/comments/{comment_id}", { ...api.at, comment_id: comment, body }),
    );
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

async function findReply(app: GitHubApp, pull: ThreadRef, comment: number, marker: string) {
  const { octokit, at } = app.in(pull.repo, reading);
  const line = markerLine(marker);
  const login = await app.login();
  const comments = await octokit.paginate("GET /repos/{owner}/{repo}/pulls/{pull_number}/comments", {
    ...at,
    pull_number: pull.number,
    per_page: 100,
  });
  // REST does not say through which App a comment of the diff was written; the account of an App is its own.
  const found = comments.find(
    (one) => one.in_reply_to_id === comment && one.user?.login === login && one.body.trimEnd().endsWith(line),
  );
  return found ? { id: found.id, url: found.html_url, body: found.body } : null;
}

async function threadsAfter(api: RepoApi, number: number, after: string | null): Promise<Page<RawThread> | null> {
  const answer = await ask<{ repository: { pullRequest: { reviewThreads: Page<RawThread> } | null } | null }>(
    api,
    threadsQuery,
    { ...api.at, number, after },
  );
  return answer.repository?.pullRequest?.reviewThreads ?? null;
}

async function allComments(api: RepoApi, id: string, first: Page<RawComment>): Promise<readonly RawComment[]> {
  const found = [...first.nodes];
  for (let page = first; page.pageInfo.hasNextPage;) {
    const answer: { node: { comments: Page<RawComment> } | null } = await ask(api, commentsQuery, {
      id,
      after: page.pageInfo.endCursor,
    });
    if (answer.node === null) break;
    page = answer.node.comments;
    found.push(...page.nodes);
  }
  return found;
}

/** A question in GraphQL, tried again as reads are. What is not there is null in the answer, beside an error of the type NOT_FOUND. */
async function ask<T>(api: RepoApi, query: string, variables: Readonly<Record<string, unknown>>): Promise<T> {
  try {
    return await api.octokit.graphql<T>(query, variables);
  } catch (error) {
    const missing = error instanceof GraphqlResponseError && error.errors?.every(({ type }) => type === "NOT_FOUND");
    if (missing && error.data) return error.data as T;
    throw translate(error);
  }
}

function toComment({ fullDatabaseId, author, pullRequestReview, body, createdAt }: RawComment): ThreadComment {
  return {
    id: Number(fullDatabaseId),
    author: author === null ? "ghost" : author.__typename === "Bot" ? `${author.login}[bot]` : author.login,
    body,
    createdAt,
    review: pullRequestReview === null ? null : Number(pullRequestReview.fullDatabaseId),
  };
}
