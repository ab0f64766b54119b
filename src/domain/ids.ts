/** A git object id: 40 (or, for SHA-256 repositories, 64) lower-case hex digits. */
export type Sha = string & { readonly __brand: "Sha" };

/** Turns text into a Sha. Throws a RangeError when it is not a full object id. */
export function toSha(text: string): Sha {
  if (!/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(text))
    throw new RangeError(`not a full git object id: ${text.slice(0, 80)}`);
  return text as Sha;
}

/** A repository as an installation of the App sees it. The id survives renames; owner and name are what they were last. */
export interface RepoRef {
  readonly installation: number;
  readonly id: number;
  readonly owner: string;
  readonly name: string;
}

/** An issue or a pull of a repository: both share one number space on GitHub. */
export interface ThreadRef {
  readonly repo: RepoRef;
  readonly number: number;
}

/** An account as GitHub names it. `isBot` is GitHub's `type: "Bot"`, never a guess from the name. */
export interface Account {
  readonly id: number;
  readonly login: string;
  readonly isBot: boolean;
}

/** `owner/name`, for people and log lines. */
export function repoName(repo: RepoRef): string {
  return `${repo.owner}/${repo.name}`;
}

/** `owner/name#7`, for people and log lines. */
export function threadName(thread: ThreadRef): string {
  return `${repoName(thread.repo)}#${thread.number}`;
}
