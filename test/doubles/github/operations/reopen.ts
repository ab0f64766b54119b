import { validationFailed } from "../rest/problem.ts";
import type { GitHub } from "../state/github.ts";
import type { Pull } from "../state/pulls.ts";

/** Checks that a closed pull can be opened again and takes its head as the branch is now. Throws 422 when not. */
export async function reopenPull(github: GitHub, pull: Pull): Promise<void> {
  const refuse = (message: string) =>
    validationFailed({ resource: "PullRequest", code: "invalid", field: "state", message });
  if (pull.mergedAt !== null) throw refuse("state cannot be changed. The pull request has been merged.");
  const { ref, repoId } = pull.head;
  const head = repoId === null ? null : await github.git({ id: repoId }).resolve(`refs/heads/${ref}`);
  if (head === null) throw refuse(`state cannot be changed. The ${ref} branch has been deleted.`);
  const base = await github.git({ id: pull.repoId }).resolve(`refs/heads/${pull.base.ref}`);
  if (base === null) throw refuse(`state cannot be changed. The ${pull.base.ref} branch has been deleted.`);
  pull.head.sha = head;
  pull.base.sha = base;
  const git = github.git({ id: pull.repoId });
  if (repoId !== null && repoId !== pull.repoId)
    await git.copyRef(github.git({ id: repoId }), `refs/heads/${ref}`, `refs/pull/${pull.number}/head`);
  else await git.updateRef(`refs/pull/${pull.number}/head`, head);
}
