import type { Actor } from "../auth.ts";
import type { GitHub } from "../state/github.ts";
import type { Repository } from "../state/repositories.ts";
import type { RefChange } from "../webhooks/payloads/push.ts";
import { tryAutoMerge } from "./auto-merge.ts";
import { announcePush } from "./push-effects.ts";

export type { RefChange };

/**
 * What GitHub does after refs have moved, whoever moved them (git push, contents, git data, GraphQL commits): `create`, `push` and
 * `delete`, `pull_request.synchronize`, check suites, pulls merged or closed, issues closed by words in commits, auto-merge.
 * @param changes one for each ref; null or forty zeros stand for "not there"
 */
export async function afterPush(
  github: GitHub,
  actor: Actor,
  repository: Repository,
  changes: readonly RefChange[],
): Promise<void> {
  for (const pull of await announcePush(github, actor, repository, changes)) await tryAutoMerge(github, pull);
}
