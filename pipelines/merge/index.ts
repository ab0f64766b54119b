/** Pull → merged, when every condition holds. Conditions are read fresh, and what is merged is the head that they were read on. */
import { getPull } from "../../src/github/pulls.ts";
import { mergeWaits } from "../../src/messages/merge.ts";
import type { PipelineDeps } from "../deps.ts";
import type { Jobs } from "../jobs.ts";
import { tellWaiting } from "../one-at-a-time.ts";
import { withRun, type StoryEnd } from "../run-context.ts";
import { runWriter } from "../run-writer.ts";
import type { JobContext } from "../worker.ts";
import { tellFailure } from "../command-run.ts";
import { decideMerge } from "./decide.ts";
import { publishMerge, publishRefusal, publishWords } from "./publish.ts";
import { readMerge, type Merging, type MergeRead } from "./read.ts";

export async function merge(job: Jobs["merge"], context: JobContext, deps: PipelineDeps): Promise<void> {
  const thread = { repo: job.repo, number: job.pull };
  const asked = job.trigger.kind !== "event";
  await withRun(
    {
      kind: "merge",
      repo: job.repo,
      number: job.pull,
      head: null,
      actor: job.trigger.actor.login,
      // Nobody asked in words when an event made us look, so nobody is told; the log has it.
      onFailure: async (error, ending) => {
        if (asked) await tellFailure(deps, thread, ending, error, { what: "merge", by: job.trigger.actor.login });
      },
      onBusy: async (ending) => {
        const request = { trigger: job.trigger, expects: ["merge"] } as const;
        if (asked) await tellWaiting(deps, ending, request, (ahead) => mergeWaits(ending.run.actor, ahead.kind));
      },
    },
    { store: deps.store, job: context, settings: deps.settings },
    async (run) => {
      const writer = runWriter(deps, run);
      return mergeStory({
        id: run.run.id,
        job,
        thread,
        deps,
        writer,
        step: run.step,
        unseen: run.unseen,
        log: run.log,
      });
    },
  );
}

async function mergeStory(run: Merging): Promise<StoryEnd> {
  const facts = await readNow(run);
  if (facts.end === "nothing") return { state: "superseded", reason: facts.reason };
  if (facts.end === "refused") return publishWords(run, facts.message, facts.reason);
  const decision = decideMerge(facts);
  if (decision.end === "nothing") return { state: "superseded", reason: decision.reason };
  if (decision.end === "not-yet") return publishRefusal(run, facts, decision.conditions);
  return publishMerge(run, facts);
}

/**
 * The conditions as they are now, also where the run was put back or its worker died since they were read: somebody may have held the pull meanwhile.
 * What was read before counts only when the merge that it led to is done, though nobody noted it.
 */
async function readNow(run: Merging): Promise<MergeRead> {
  let fresh: MergeRead | undefined;
  const before = await run.step("read", async () => (fresh = await readMerge(run)));
  if (fresh !== undefined) return before;
  return (await isDone(run, before)) ? before : readMerge(run);
}

async function isDone({ deps, thread }: Merging, before: MergeRead): Promise<boolean> {
  if (before.end !== "facts" || decideMerge(before).end !== "merge") return false;
  const pull = await getPull(deps.github, thread);
  return pull !== null && pull.merged && pull.head.sha === before.pull.head.sha;
}
