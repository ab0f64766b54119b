import { repoName, toSha, type RepoRef, type Sha, type ThreadRef } from "../domain/ids.ts";
import { TransientError } from "../errors.ts";
import type { GitHubApp } from "./client.ts";
import { statusOf } from "./failures.ts";
import { getBranchHead } from "./repositories.ts";
import type { Writer } from "./writer.ts";

/** Makes the branch at this commit, unless it exists: then its present tip comes back, wherever it is. */
export async function ensureBranch(
  app: GitHubApp,
  writer: Writer,
  repo: RepoRef,
  branch: string,
  at: Sha,
): Promise<Sha> {
  const api = app.in(repo, { contents: "write" });
  return writer.ensure(
    `branch ${branch}`,
    () => getBranchHead(app, repo, branch),
    async () => {
      await api.write("POST /repos/{owner}/{repo}/git/refs", { ...api.at, ref: `refs/heads/${branch}`, sha: at });
      return at;
    },
  );
}

/** Takes a branch away; one that is gone already is fine. */
export async function deleteBranch(app: GitHubApp, writer: Writer, repo: RepoRef, branch: string): Promise<void> {
  const api = app.in(repo, { contents: "write" });
  await writer.put(`branch ${branch}`, async () => {
    try {
      await api.write("DELETE /repos/{owner}/{repo}/git/refs/{ref}", { ...api.at, ref: `heads/${branch}` });
    } catch (error) {
      // 422: "Reference does not exist".
      if (statusOf(error) !== 404 && statusOf(error) !== 422) throw error;
    }
  });
}

export interface FileChanges {
  /** Contents in base64. */
  readonly additions: readonly { readonly path: string; readonly contents: string }[];
  readonly deletions: readonly string[];
}

const mutation = /* GraphQL */ `
  mutation commit($input: CreateCommitOnBranchInput!) {
    createCommitOnBranch(input: $input) {
      commit {
        oid
      }
    }
  }
`;

/**
 * One commit on the branch, on top of exactly `head`, signed by GitHub. `trailers` are the last lines of its message; the first is one that no
 * other commit has: by it a commit whose answer was lost is found again.
 * @returns the commit, or `moved` when the branch is somewhere else
 * @see https://docs.github.com/en/graphql/reference/mutations#createcommitonbranch
 */
export async function commitOnBranch(
  app: GitHubApp,
  writer: Writer,
  repo: RepoRef,
  wanted: {
    branch: string;
    head: Sha;
    subject: string;
    body: string;
    trailers: readonly [string, ...string[]];
    changes: FileChanges;
  },
): Promise<Sha | "moved"> {
  const api = app.in(repo, { contents: "write" });
  const input = {
    branch: { repositoryNameWithOwner: repoName(repo), branchName: wanted.branch },
    expectedHeadOid: wanted.head,
    message: {
      headline: app.redact(wanted.subject),
      body: `${app.redact(wanted.body)}\n\n${wanted.trailers.join("\n")}`.trim(),
    },
    fileChanges: { additions: wanted.changes.additions, deletions: wanted.changes.deletions.map((path) => ({ path })) },
  };
  try {
    return await writer.ensure(
      `commit on ${wanted.branch}`,
      () => findByTrailer(app, repo, wanted.branch, wanted.trailers[0]),
      async () => {
        const { createCommitOnBranch } = await api.graphql<{ createCommitOnBranch: { commit: { oid: string } } }>(
          mutation,
          { input },
        );
        return toSha(createCommitOnBranch.commit.oid);
      },
    );
  } catch (error) {
    if (graphqlErrorTypes(error).includes("STALE_DATA")) return "moved";
    throw error;
  }
}

export interface PullCommit {
  readonly sha: Sha;
  readonly message: string;
  readonly parents: readonly Sha[];
}

/** The commits of a pull, oldest first; GitHub lists the first 250. */
export async function listPullCommits(app: GitHubApp, thread: ThreadRef): Promise<readonly PullCommit[]> {
  const api = app.in(thread.repo, { pull_requests: "read", contents: "read" });
  const commits = await api.octokit.paginate("GET /repos/{owner}/{repo}/pulls/{pull_number}/commits", {
    ...api.at,
    pull_number: thread.number,
    per_page: 100,
  });
  return commits.map(({ sha, commit, parents }) => ({
    sha: toSha(sha),
    message: commit.message,
    parents: parents.map((parent) => toSha(parent.sha)),
  }));
}

/** The newest commit of the branch whose message has this line, among the last twenty. @throws TransientError while the branch cannot be seen */
export async function findByTrailer(
  app: GitHubApp,
  repo: RepoRef,
  branch: string,
  trailer: string,
): Promise<Sha | null> {
  const api = app.in(repo, { contents: "read" });
  try {
    const { data } = await api.read("GET /repos/{owner}/{repo}/commits", { ...api.at, sha: branch, per_page: 20 });
    const found = data.find((commit) => commit.commit.message.split("\n").includes(trailer));
    return found ? toSha(found.sha) : null;
  } catch (error) {
    // The branch was just made and this replica does not know it yet.
    if (statusOf(error) === 404) throw new TransientError(`branch ${branch} is not visible yet`, { cause: error });
    throw error;
  }
}

function graphqlErrorTypes(error: unknown): readonly string[] {
  if (!(error instanceof Error) || !("errors" in error) || !Array.isArray(error.errors)) return [];
  return error.errors.map((item: { type?: string }) => item.type ?? "");
}
