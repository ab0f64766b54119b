import { accountById } from "../state/accounts.ts";
import type { GitHub } from "../state/github.ts";
import { repositoryById } from "../state/repositories.ts";
import type { CommitStatus } from "../state/statuses.ts";
import { serializeAccount } from "./account.ts";
import { repositoryUrl } from "./issue.ts";

/** GitHub's `simple-commit-status`: an entry of the combined status. */
export function serializeSimpleStatus(github: GitHub, status: CommitStatus) {
  const creator = serializeAccount(github, accountById(github.state, status.creatorId));
  return {
    url: `${repositoryUrl(github, repositoryById(github.state, status.repoId))}/statuses/${status.sha}`,
    avatar_url: creator.avatar_url,
    id: status.id,
    node_id: github.nodeId("Status", status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.updatedAt,
  };
}

/** GitHub's `status`. */
export function serializeStatus(github: GitHub, status: CommitStatus) {
  const creator = serializeAccount(github, accountById(github.state, status.creatorId));
  return { ...serializeSimpleStatus(github, status), creator };
}
