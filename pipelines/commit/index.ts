/** Commit → the open pulls at it → a job for each. For events that name no pull: commit statuses, and the checks of forks. */
import { findPullsAt } from "../../src/github/pulls.ts";
import type { Log } from "../../src/log.ts";
import type { PipelineDeps } from "../deps.ts";
import { mergeDedupe, type Jobs } from "../jobs.ts";

export async function commit(
  job: Jobs["commit"],
  { github, queue }: Pick<PipelineDeps, "github" | "queue">,
  log: Log,
): Promise<void> {
  const { repo, sha, next, trigger } = job;
  const pulls = await findPullsAt(github, repo, sha);
  log.info({ sha, next, pulls }, "looked up the pulls at a commit");
  for (const pull of pulls) {
    // Made from the delivery and the pull, so that doing this twice makes the same jobs.
    const data = { v: 1, delivery: `${job.delivery}-pull-${pull}`, repo, trigger, pull } as const;
    if (next === "merge") await queue.enqueue("merge", data, { dedupe: mergeDedupe(repo, pull, sha) });
    else if (next === "fix") await queue.enqueue("fix", data);
    else await queue.enqueue("validate", { ...data, head: sha });
  }
}
