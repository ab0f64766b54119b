/** What a cancelled run had put into the repository already. A branch that shows nowhere is taken away again; what people can see stays, and is told. */
import type { RepoRef, Sha } from "../src/domain/ids.ts";
import { deleteBranch, findByTrailer } from "../src/github/commits.ts";
import { findPullFrom } from "../src/github/pulls.ts";
import { getBranchHead } from "../src/github/repositories.ts";
import type { LeftBehind } from "../src/messages/agent.ts";
import type { PipelineDeps } from "./deps.ts";
import type { RunEnding } from "./run-context.ts";
import { runWriter } from "./run-writer.ts";
import { runTrailer } from "./trailers.ts";

/** Where a run pushes to: a pull's branch, or one that the run makes from the commit `from`. */
export interface PushTarget {
  readonly branch: string;
  readonly from: Sha;
  readonly pull: number | null;
}

/** @returns what is still there of the run's work */
export async function takeBack(
  deps: PipelineDeps,
  { repo }: { readonly repo: RepoRef },
  ending: RunEnding,
  { branch, from, pull }: PushTarget,
): Promise<LeftBehind | null> {
  const { github } = deps;
  const head = await getBranchHead(github, repo, branch);
  if (head === null) return null;
  const commit = await findByTrailer(github, repo, branch, runTrailer(ending.run.id));
  const shown = pull ?? (await findPullFrom(github, repo, branch))?.number ?? null;
  if (shown === null && (head === from || head === commit)) {
    await deleteBranch(github, runWriter(deps, ending), repo, branch);
    return null;
  }
  return commit === null ? null : { commit, branch, pull: shown };
}

/** What a step of the run that is ending came to, or null when it was not done. */
export async function finishedStep<T>({ store }: PipelineDeps, { run }: RunEnding, name: string): Promise<T | null> {
  const done = await store.steps.finished(run.id, name);
  return (done?.result as T | undefined) ?? null;
}
