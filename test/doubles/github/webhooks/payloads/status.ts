import type { Actor } from "../../auth.ts";
import { requireAccount } from "../../rest/access.ts";
import { serializeCommit } from "../../serialize/commit.ts";
import { repositoryUrl } from "../../serialize/issue.ts";
import { serializeSimpleStatus } from "../../serialize/status.ts";
import type { GitHub } from "../../state/github.ts";
import { branchProtectionOf, fullName, repositoryById } from "../../state/repositories.ts";
import type { CommitStatus } from "../../state/statuses.ts";

/** `status`: a commit status was put on a commit. It names the branches whose tip that commit is. */
export async function emitStatus(github: GitHub, actor: Actor, status: CommitStatus): Promise<void> {
  const repository = repositoryById(github.state, status.repoId);
  const git = github.git(repository);
  const commit = await git.readCommit(status.sha);
  if (!commit) throw new Error(`no commit ${status.sha} in ${fullName(github.state, repository)}`);
  const heads = await git.refs("refs/heads");
  const branches = heads
    .filter((ref) => ref.sha === status.sha)
    .map(({ name }) => name.slice("refs/heads/".length))
    .map((name) => ({
      name,
      commit: { sha: status.sha, url: `${repositoryUrl(github, repository)}/commits/${status.sha}` },
      protected: branchProtectionOf(github.state, repository, name) !== null,
    }));
  const { url: _url, node_id: _nodeId, ...shown } = serializeSimpleStatus(github, status);
  github.emit({
    event: "status",
    action: null,
    repository,
    sender: requireAccount(github, actor),
    payload: {
      ...shown,
      sha: status.sha,
      name: fullName(github.state, repository),
      commit: serializeCommit(github, repository, commit),
      branches,
    },
  });
}
