import type { Actor } from "../auth.ts";
import type { GitHub } from "../state/github.ts";
import type { Repository } from "../state/repositories.ts";
import { afterPush, type RefChange } from "./push.ts";

export type { RefChange };

/** `afterPush` for callers that have their arguments in the order of the REST operations. */
export function refsChanged(
  github: GitHub,
  actor: Actor,
  repository: Repository,
  changes: readonly RefChange[],
): Promise<void> {
  return afterPush(github, repository, changes, actor);
}
