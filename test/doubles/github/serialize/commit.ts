import type { DiffFile, GitCommit } from "../git/bare-repository.ts";
import type { GitHub } from "../state/github.ts";
import { fullName, type Repository } from "../state/repositories.ts";
import { accountOfEmail, serializeAccount } from "./account.ts";

/** GitHub signs what its own buttons and API commit, and nothing else here is signed. */
export function serializeVerification(commit: GitCommit) {
  const verified = commit.committer.email === "noreply@github.com";
  return {
    verified,
    reason: verified ? "valid" : "unsigned",
    signature: verified ? "-----BEGIN PGP SIGNATURE-----\n\nlocal\n-----END PGP SIGNATURE-----\n" : null,
    payload: verified ? `tree ${commit.tree}\n\n${commit.message}` : null,
    verified_at: verified ? commit.committer.date : null,
  };
}

/** GitHub's `git-commit`: the answer of the git data API. */
export function serializeGitCommit(github: GitHub, repository: Repository, commit: GitCommit) {
  const { api, page } = places(github, repository);
  return {
    sha: commit.sha,
    node_id: github.nodeId("Commit", `${repository.id}:${commit.sha}`),
    url: `${api}/git/commits/${commit.sha}`,
    html_url: `${page}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/git/commits/${sha}`,
      html_url: `${page}/commit/${sha}`,
    })),
    verification: serializeVerification(commit),
  };
}

/** GitHub's `commit`: what lists and `GET /commits/{ref}` answer. */
export function serializeCommit(github: GitHub, repository: Repository, commit: GitCommit) {
  const { api, page } = places(github, repository);
  const person = (email: string) => {
    const account = accountOfEmail(github, email);
    return account && serializeAccount(github, account);
  };
  return {
    sha: commit.sha,
    node_id: github.nodeId("Commit", `${repository.id}:${commit.sha}`),
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      url: `${api}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: serializeVerification(commit),
    },
    url: `${api}/commits/${commit.sha}`,
    html_url: `${page}/commit/${commit.sha}`,
    comments_url: `${api}/commits/${commit.sha}/comments`,
    author: person(commit.author.email),
    committer: person(commit.committer.email),
    parents: commit.parents.map((sha) => ({ sha, url: `${api}/commits/${sha}`, html_url: `${page}/commit/${sha}` })),
  };
}

/** GitHub's `diff-entry`: a changed file of a commit, a comparison or a pull, seen at `sha`. */
export function serializeDiffFile(github: GitHub, repository: Repository, sha: string, file: DiffFile) {
  const { api, page } = places(github, repository);
  const path = file.path.split("/").map(encodeURIComponent).join("/");
  return {
    sha: file.sha,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${page}/blob/${sha}/${path}`,
    raw_url: `${page}/raw/${sha}/${path}`,
    contents_url: `${api}/contents/${path}?ref=${sha}`,
    ...(file.patch !== undefined && { patch: file.patch }),
    ...(file.previousPath !== undefined && { previous_filename: file.previousPath }),
  };
}

function places(github: GitHub, repository: Repository): { api: string; page: string } {
  const name = fullName(github.state, repository);
  return { api: `${github.apiUrl}/repos/${name}`, page: `${github.url}/${name}` };
}
