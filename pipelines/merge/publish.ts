import { threadName } from "../../src/domain/ids.ts";
import { mergePull } from "../../src/github/pulls.ts";
import * as messages from "../../src/messages/merge.ts";
import type { Message } from "../../src/messages/message.ts";
import { requiredRole, stillAllowed } from "../admission.ts";
import { auditOnce } from "../audit-once.ts";
import type { StoryEnd } from "../run-context.ts";
import { say } from "../say.ts";
import type { MergeFacts, Merging } from "./read.ts";

export async function publishMerge(run: Merging, facts: MergeFacts): Promise<StoryEnd> {
  const { deps, thread, writer } = run;
  const { pull, config, asked, actor } = facts;
  const outcome = await run.step("merge", () =>
    mergePull(deps.github, writer, thread, {
      head: pull.head.sha,
      method: config.merge.method,
      title: `${pull.title} (#${pull.number})`,
      message: pull.body.split("\n\n")[0] ?? "",
      mayMerge: async () => !asked || stillAllowed(deps, thread, actor, requiredRole("merge", config)),
    }),
  );
  if (outcome.outcome === "merged") {
    const detail = { head: pull.head.sha, merge: outcome.sha, method: config.merge.method };
    await auditOnce(deps.store, {
      actor,
      action: "merged",
      subject: threadName(thread),
      runId: run.id,
      detail,
    });
    await run.step("publish", () => say(run, messages.merged(asked ? actor : null, outcome.sha, pull.head.sha)));
    return { state: "succeeded" };
  }
  if (asked) {
    const message = {
      stale: messages.mergeStale,
      refused: messages.mergeRefusedByGitHub,
      forbidden: messages.mergeForbidden,
    }[outcome.outcome];
    await run.step("publish", () => say(run, message(actor, outcome.reason)));
  }
  return { state: "failed", reason: outcome.reason };
}

/** Somebody who asked gets every condition; when only an event made us look, the next one will make us look again. */
export async function publishRefusal(
  run: Merging,
  facts: MergeFacts,
  conditions: readonly messages.MergeConditionText[],
): Promise<StoryEnd> {
  const open = conditions.filter((condition) => !condition.met).map((condition) => condition.name);
  const reason = `open conditions: ${open.join(", ")}`;
  if (!facts.asked) return { state: "superseded", reason };
  return publishWords(run, messages.mergeRefused(facts.actor, conditions, facts.pull.head.sha), reason);
}

export async function publishWords(run: Merging, message: Message, reason: string): Promise<StoryEnd> {
  await run.step("publish", () => say(run, message));
  return { state: "failed", reason };
}
