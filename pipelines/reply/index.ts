/** Commands that are answered with words alone: help, status, config, where, and everything that is no command yet. */
import { react } from "../../src/github/reactions.ts";
import { tellFailure } from "../command-run.ts";
import type { PipelineDeps } from "../deps.ts";
import type { Jobs } from "../jobs.ts";
import { withRun } from "../run-context.ts";
import { say } from "../say.ts";
import { runWriter } from "../run-writer.ts";
import type { JobContext } from "../worker.ts";
import { decideReply } from "./decide.ts";
import { readReply } from "./read.ts";
import { answerWhere } from "./where.ts";

export async function reply(job: Jobs["reply"], context: JobContext, deps: PipelineDeps): Promise<void> {
  const { trigger } = job;
  const thread = { repo: job.repo, number: job.number };
  await withRun(
    {
      kind: "reply",
      repo: job.repo,
      number: job.number,
      head: null,
      actor: trigger.actor.login,
      onFailure: (error, ending) =>
        tellFailure(deps, thread, ending, error, { what: "an answer", by: trigger.actor.login }),
    },
    { store: deps.store, job: context, settings: deps.settings },
    async (run) => {
      const writer = runWriter(deps, run);
      const facts = await run.step("read", () => readReply(deps, thread, trigger, run.unseen));
      const decided = decideReply(facts);
      if (decided === null) return { state: "superseded", reason: "nothing to answer" };
      if (trigger.kind === "comment") {
        await run.step("react", () =>
          react(deps.github, writer, thread, { place: trigger.where, id: trigger.commentId }, "eyes"),
        );
      }
      await run.step("answer", async () => {
        const at = { thread, signal: run.signal, log: run.log };
        await say(
          { deps, writer, thread },
          "search" in decided ? await answerWhere(deps, at, decided.search) : decided,
        );
      });
      return { state: "succeeded" };
    },
  );
}
