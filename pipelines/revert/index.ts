/** `/codegen revert`: the bot's last change on a pull → a commit that takes it back. */
import { commandRun, type CommandRun } from "../command-run.ts";
import type { PipelineDeps } from "../deps.ts";
import type { Jobs } from "../jobs.ts";
import type { StoryEnd } from "../run-context.ts";
import type { JobContext } from "../worker.ts";
import { publishAnswer, publishCommit, publishDone } from "./publish.ts";
import { readRevert } from "./read.ts";

export async function revert(job: Jobs["revert"], context: JobContext, deps: PipelineDeps): Promise<void> {
  const spec = { kind: "revert", number: job.pull, expects: ["revert"] } as const;
  await commandRun(spec, job, context, deps, revertStory);
}

async function revertStory(run: CommandRun): Promise<StoryEnd> {
  const facts = await run.step("read", () => readRevert(run));
  if (facts.end !== "found") return publishAnswer(run, facts);
  const commit = await run.step("commit", () => publishCommit(run, facts));
  if (commit === "moved") return publishAnswer(run, { end: "moved" });
  await run.step("publish", () => publishDone(run, facts, commit));
  return { state: "succeeded" };
}
