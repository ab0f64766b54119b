import type { Actor } from "../../auth.ts";
import { requireAccount } from "../../rest/access.ts";
import { serializeIssue } from "../../serialize/issue.ts";
import { serializeLabel } from "../../serialize/label.ts";
import { serializePull } from "../../serialize/pull.ts";
import type { GitHub } from "../../state/github.ts";
import type { Issue, Label } from "../../state/issues.ts";
import { pullByNumber, type Pull } from "../../state/pulls.ts";
import { repositoryById, type Repository } from "../../state/repositories.ts";

/** `issues.ACTION`, or `pull_request.ACTION` when the thread is a pull. */
export async function emitThread(
  github: GitHub,
  actor: Actor,
  issue: Issue,
  action: string,
  extra: Record<string, unknown> = {},
): Promise<void> {
  const pull = pullByNumber(github.state, issue.repoId, issue.number);
  if (pull) return emitPull(github, actor, pull, action, extra);
  const repository = repositoryById(github.state, issue.repoId);
  const payload = { issue: serializeIssue(github, issue), ...extra };
  github.emit({ event: "issues", action, repository, sender: requireAccount(github, actor), payload });
}

/** `pull_request.ACTION` with the whole pull. */
export async function emitPull(
  github: GitHub,
  actor: Actor,
  pull: Pull,
  action: string,
  extra: Record<string, unknown> = {},
): Promise<void> {
  const repository = repositoryById(github.state, pull.repoId);
  const payload = { number: pull.number, pull_request: await serializePull(github, pull), ...extra };
  github.emit({ event: "pull_request", action, repository, sender: requireAccount(github, actor), payload });
}

/** `label.created | edited | deleted`: the label of the repository, not its being put on something. */
export function emitLabel(
  github: GitHub,
  actor: Actor,
  repository: Repository,
  action: "created" | "edited" | "deleted",
  label: Label,
  extra: Record<string, unknown> = {},
): void {
  const payload = { label: serializeLabel(github, label), ...extra };
  github.emit({ event: "label", action, repository, sender: requireAccount(github, actor), payload });
}
