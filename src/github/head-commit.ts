import { toSha, type RepoRef, type Sha } from "../domain/ids.ts";
import type { GitHubApp } from "./client.ts";
import { isNotFound, statusOf } from "./failures.ts";

export interface Trailer {
  readonly key: string;
  readonly value: string;
}

export interface CommitOrigin {
  readonly sha: Sha;
  /** The account that GitHub finds for the author's address, `name[bot]` for an App; null when it finds none. */
  readonly author: string | null;
  /** GitHub checked a signature. Without one anybody can write any author. */
  readonly verified: boolean;
  readonly message: string;
  /** The lines `Key: value` at the end of the message, in their order. Whoever writes a commit writes what they like. */
  readonly trailers: readonly Trailer[];
  readonly parents: readonly Sha[];
}

/** Who made a commit, and what its message says at its end; null when the repository does not have it. */
export async function getCommitOrigin(app: GitHubApp, repo: RepoRef, sha: Sha): Promise<CommitOrigin | null> {
  const api = app.in(repo, { contents: "read" });
  try {
    const { data } = await api.read("GET /repos/{owner}/{repo}/commits/{ref}", { ...api.at, ref: sha, per_page: 1 });
    return {
      sha: toSha(data.sha),
      author: data.author !== null && "login" in data.author ? (data.author.login ?? null) : null,
      verified: data.commit.verification?.verified === true,
      message: data.commit.message,
      trailers: trailersIn(data.commit.message),
      parents: data.parents.map((parent) => toSha(parent.sha)),
    };
  } catch (error) {
    if (isNotFound(error) || statusOf(error) === 422) return null;
    throw error;
  }
}

/**
 * The trailers of a message: its last paragraph, when all of its lines are `Key: value` or go on with one.
 * @see https://git-scm.com/docs/git-interpret-trailers
 */
export function trailersIn(message: string): readonly Trailer[] {
  const paragraphs = message
    .replaceAll("\r\n", "\n")
    .trimEnd()
    .split(/\n[ \t]*\n/);
  const lines = paragraphs.length > 1 ? (paragraphs.at(-1) ?? "").split("\n") : [];
  const found: Trailer[] = [];
  for (const line of lines) {
    const [, key, value] = /^([A-Za-z0-9][A-Za-z0-9-]{0,99}):[ \t](.*)$/.exec(line) ?? [];
    const previous = found.at(-1);
    if (key !== undefined && value !== undefined) found.push({ key, value: value.trim() });
    else if (/^[ \t]/.test(line) && previous)
      found[found.length - 1] = { ...previous, value: `${previous.value} ${line.trim()}` };
    else return [];
  }
  return found;
}
