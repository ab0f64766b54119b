import type { Actor } from "../auth.ts";
import type { GitHub } from "../state/github.ts";
import type { Repository } from "../state/repositories.ts";

/** A ref that moved. `before` null: it was created; `after` null: it was deleted. Full names: `refs/heads/main`. */
export interface RefChange {
  ref: string;
  before: string | null;
  after: string | null;
}

/**
 * What GitHub does after refs have moved, whoever moved them (git push, git data API, contents API, merge): events `create`, `delete`, `push`,
 * `pull_request.synchronize`, `check_suite.requested`. The refs are already changed when this is called.
 */
export async function refsChanged(
  github: GitHub,
  _actor: Actor,
  repository: Repository,
  changes: readonly RefChange[],
): Promise<void> {
  if (changes.length > 0) repository.pushedAt = github.timestamp();
}
