import { coAuthor } from "../src/messages/agent.ts";
import type { CommandRun } from "./command-run.ts";

/** The last lines of a commit's message: who asked for it, and the run, by which the commit is found again. */
export function trailersOf(run: CommandRun, who: { id: number; login: string }): readonly [string, ...string[]] {
  const own = `Codegen-Run: ${run.id}`;
  if (!run.admitted.config.agent.pull.co_author) return [own];
  return [own, coAuthor(who, run.deps.github.webUrl(run.thread.repo))];
}
