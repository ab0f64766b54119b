import type { Actor } from "../auth.ts";
import { requireAccount } from "../rest/access.ts";
import { HttpProblem, validationFailed } from "../rest/problem.ts";
import type { GitHub } from "../state/github.ts";
import type { Repository } from "../state/repositories.ts";
import type { CommitStatus, StatusState } from "../state/statuses.ts";
import { emitStatus } from "../webhooks/payloads/status.ts";
import { tryAutoMergeOf } from "./auto-merge.ts";

/** GitHub keeps no more statuses than this for one commit and context. */
const MAX_STATUSES = 1000;

/** Puts a status on a commit. The newest of a context counts. Throws 422 when the commit is unknown. */
export async function createStatus(
  github: GitHub,
  actor: Actor,
  repository: Repository,
  input: { sha: string; state: StatusState; context?: string; description?: string | null; targetUrl?: string | null },
): Promise<CommitStatus> {
  if ((await github.git(repository).objectType(input.sha)) !== "commit")
    throw new HttpProblem(422, `No commit found for SHA: ${input.sha}`);
  const context = input.context ?? "default";
  const before = statusesOn(github, repository, input.sha).filter((status) => status.context === context);
  if (before.length >= MAX_STATUSES)
    throw validationFailed({
      resource: "Status",
      code: "custom",
      field: "context",
      message: "This SHA and context has reached the maximum number of statuses.",
    });
  if ((input.description ?? "").length > 140)
    throw validationFailed({
      resource: "Status",
      code: "custom",
      field: "description",
      message: "description is too long (maximum is 140 characters)",
    });
  const now = github.timestamp();
  const status: CommitStatus = {
    id: github.nextId(),
    repoId: repository.id,
    sha: input.sha,
    state: input.state,
    context,
    description: input.description ?? null,
    targetUrl: input.targetUrl ?? null,
    creatorId: requireAccount(github, actor).id,
    createdAt: now,
    updatedAt: now,
  };
  github.state.statuses.push(status);
  await emitStatus(github, actor, status);
  await tryAutoMergeOf(github, repository.id, input.sha);
  return status;
}

/** All statuses of a commit, newest first. */
export function statusesOn(github: GitHub, repository: Repository, sha: string): CommitStatus[] {
  return github.state.statuses.filter((one) => one.repoId === repository.id && one.sha === sha).toReversed();
}

/** The newest status of each context, and what they come to together. */
export function combinedStatus(
  github: GitHub,
  repository: Repository,
  sha: string,
): { state: "success" | "pending" | "failure"; statuses: CommitStatus[] } {
  const newest = new Map<string, CommitStatus>();
  for (const status of statusesOn(github, repository, sha).toReversed()) newest.set(status.context, status);
  const statuses = [...newest.values()];
  if (statuses.some((one) => one.state === "failure" || one.state === "error")) return { state: "failure", statuses };
  const isPending = statuses.length === 0 || statuses.some((one) => one.state === "pending");
  return { state: isPending ? "pending" : "success", statuses };
}
