import type { Sha } from "../../src/domain/ids.ts";
import { commitOnBranch } from "../../src/github/commits.ts";
import * as messages from "../../src/messages/revert.ts";
import type { CommandRun } from "../command-run.ts";
import type { StoryEnd } from "../run-context.ts";
import { say } from "../say.ts";
import { trailersOf } from "../trailers.ts";
import type { FoundChange, RevertFacts } from "./read.ts";

export async function publishAnswer(run: CommandRun, facts: Exclude<RevertFacts, { end: "found" }>): Promise<StoryEnd> {
  const { marker, actor } = run.admitted.request;
  await run.step("answer", () => say(run, messages.notReverted(marker, actor, facts)));
  return { state: "failed", reason: facts.end };
}

export async function publishCommit(run: CommandRun, found: FoundChange): Promise<Sha | "moved"> {
  const { deps, thread, writer, job } = run;
  const commit = await commitOnBranch(deps.github, writer, thread.repo, {
    branch: found.branch,
    head: found.head,
    ...messages.revertCommit(found),
    trailers: trailersOf(run, job.trigger.actor),
    changes: found.changes,
  });
  if (commit === "moved") return commit;
  const stored = await deps.store.pulls.get(thread.repo, thread.number);
  // Whoever undoes a change does not want it mended at once.
  if (stored !== null) await deps.store.pulls.put({ ...stored, head: null });
  return commit;
}

export async function publishDone(run: CommandRun, found: FoundChange, commit: Sha): Promise<void> {
  const { marker, actor } = run.admitted.request;
  const webUrl = run.deps.github.webUrl(run.thread.repo);
  const { additions, deletions } = found.changes;
  const paths = [...additions.map(({ path }) => path), ...deletions].toSorted();
  await say(run, messages.reverted(marker, actor, { title: found.title, of: found.commit, commit, paths, webUrl }));
}
