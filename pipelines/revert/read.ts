import type { Sha } from "../../src/domain/ids.ts";
import { listPullCommits, type PullCommit } from "../../src/github/commits.ts";
import { getPull } from "../../src/github/pulls.ts";
import type { CommandRun } from "../command-run.ts";
import { openRepository } from "../workbench.ts";

export interface FoundChange {
  readonly end: "found";
  readonly branch: string;
  /** The pull's head, on which the new commit is put. */
  readonly head: Sha;
  /** The commit that is taken back. */
  readonly commit: Sha;
  readonly title: string;
  readonly changes: {
    /** Contents in base64. */
    readonly additions: readonly { readonly path: string; readonly contents: string }[];
    readonly deletions: readonly string[];
  };
}

export type RevertFacts =
  | FoundChange
  | { readonly end: "nothing" | "fork" | "moved" }
  /** Files that somebody changed after the bot. */
  | { readonly end: "changed-since"; readonly commit: Sha; readonly paths: readonly string[] };

/** The newest commit of an agent's that was not taken back already, and the files as they were before it. */
export async function readRevert(run: CommandRun): Promise<RevertFacts> {
  const { deps, thread, signal } = run;
  const pull = await getPull(deps.github, thread);
  if (pull === null || !pull.open) return { end: "nothing" };
  if (pull.fromFork) return { end: "fork" };
  const found = await newestOfOurs(run, await listPullCommits(deps.github, thread));
  const [parent] = found?.parents ?? [];
  if (found === null || parent === undefined) return { end: "nothing" };

  const head = pull.head.sha;
  const mirror = await openRepository(deps, thread.repo, head, { ref: `refs/pull/${thread.number}/head`, signal });
  for (const sha of [found.sha, parent]) await openRepository(deps, thread.repo, sha, { signal });
  const additions: { path: string; contents: string }[] = [];
  const deletions: string[] = [];
  const changedSince: string[] = [];
  const paths = (await mirror.changedPaths(parent, found.sha)).map(({ path }) => path);
  const [blobsBefore, blobsMade, blobsNow] = [
    await mirror.readBlobs(parent, paths),
    await mirror.readBlobs(found.sha, paths),
    await mirror.readBlobs(head, paths),
  ];
  for (const path of paths) {
    const [before, made, now] = [blobsBefore.get(path), blobsMade.get(path), blobsNow.get(path)];
    if (!same(made, now)) changedSince.push(path);
    if (before === undefined) deletions.push(path);
    else additions.push({ path, contents: before.toString("base64") });
  }
  if (changedSince.length > 0) return { end: "changed-since", commit: found.sha, paths: changedSince };
  const [title = ""] = found.message.split("\n");
  return { end: "found", branch: pull.head.branch, head, commit: found.sha, title, changes: { additions, deletions } };
}

async function newestOfOurs({ deps, thread }: CommandRun, commits: readonly PullCommit[]): Promise<PullCommit | null> {
  const { runs, steps } = deps.store;
  const reverts = await runs.of(thread.repo, thread.number, { kind: "revert" });
  const facts = await Promise.all(reverts.map(({ id }) => steps.finished(id, "read")));
  const takenBack = new Set(facts.map((one) => (one?.result as RevertFacts | undefined) ?? null).map(commitOf));
  for (const commit of commits.toReversed()) {
    // Anybody can write such a line; the run must be one that pushed here.
    const [, id] = /^Codegen-Run: (\S+)$/m.exec(commit.message) ?? [];
    const made = id === undefined || takenBack.has(commit.sha) ? null : await runs.get(id);
    if (made?.repo.id === thread.repo.id && (made.kind === "agent" || made.kind === "fix")) return commit;
  }
  return null;
}

function commitOf(facts: RevertFacts | null): Sha | null {
  return facts?.end === "found" ? facts.commit : null;
}

function same(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}
