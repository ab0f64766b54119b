import { coAuthor } from "../src/messages/agent.ts";
import type { CommandRun } from "./command-run.ts";

/** By which a commit says what run it is of. */
export function runTrailer(runId: string): string {
  return `Codegen-Run: ${runId}`;
}

/** The last lines of a commit's message: who asked for it, and the run, by which the commit is found again. */
export function trailersOf(run: CommandRun, who: { id: number; login: string }): readonly [string, ...string[]] {
  const own = runTrailer(run.id);
  if (!run.admitted.config.agent.pull.co_author) return [own];
  return [own, coAuthor(who, run.deps.github.webUrl(run.thread.repo))];
}
