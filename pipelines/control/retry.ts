import * as answers from "../../src/messages/answers.ts";
import { checksRetried } from "../../src/messages/check-summary.ts";
import type { Message } from "../../src/messages/message.ts";
import type { Run } from "../../src/store/port.ts";
import type { CommandRun } from "../command-run.ts";
import type { StoryEnd } from "../run-context.ts";
import { say } from "../say.ts";
import { retryAction } from "../validate/read.ts";
import { isPassed, readResults } from "../validate/results.ts";

/** The last run that did not succeed is asked again, as it was asked then and by whoever asks now; of checks those that did not pass. */
export async function retry(run: CommandRun): Promise<StoryEnd> {
  const { deps, thread, admitted, job } = run;
  const { actor, marker } = admitted.request;
  const ended = await run.step("look", () => readRetry(run));
  if (ended === null) {
    await run.step("answer", () => say(run, answers.nothingToRetry(marker, actor)));
    return { state: "failed", reason: "nothing to try again" };
  }
  await run.step("enqueue", async () => {
    const { kind, id } = ended;
    const at = { v: 1, delivery: `retry-${run.id}`, repo: thread.repo } as const;
    const by = job.trigger.kind === "comment" ? job.trigger : null;
    const { actor: who } = job.trigger;
    const again = {
      kind: "retry",
      runId: id,
      commentId: by?.commentId ?? 0,
      index: by?.index ?? 0,
      actor: who,
    } as const;
    if (kind === "validate") {
      const trigger = { kind: "button", checkRunId: null, action: retryAction, actor: who } as const;
      const head = ended.head === null ? {} : { head: ended.head };
      await deps.queue.enqueue("validate", { ...at, ...head, pull: thread.number, trigger });
    } else if (kind === "fix") await deps.queue.enqueue("fix", { ...at, pull: thread.number, trigger: again });
    else await deps.queue.enqueue(kind, { ...at, issue: thread.number, trigger: again });
  });
  await run.step("answer", () => say(run, toAnswer(marker, actor, ended)));
  return { state: "succeeded" };
}

type Retryable = "plan" | "agent" | "fix" | "validate";

interface Ended extends Pick<Run, "id" | "state" | "head"> {
  readonly kind: Retryable;
  /** The checks that did not pass, of a validation that came to its end. */
  readonly checks: readonly string[];
}

async function readRetry({ deps, thread }: CommandRun): Promise<Ended | null> {
  const runs = await deps.store.runs.of(thread.repo, thread.number);
  for (const { id, kind, state, head } of runs) {
    if (kind !== "plan" && kind !== "agent" && kind !== "fix" && kind !== "validate") continue;
    if (state === "superseded") continue;
    if (kind === "validate" && state === "succeeded" && head !== null) {
      const results = await readResults(deps.store, thread, head);
      const checks = results.filter((result) => !isPassed(result)).map(({ name }) => name);
      return checks.length === 0 ? null : { id, kind, state, head, checks };
    }
    if (state !== "failed" && state !== "cancelled") return null;
    const admission = (await deps.store.steps.finished(id, "admit"))?.result as { end?: string } | undefined;
    // What was refused once, nobody has to try again by this way.
    if (kind === "validate" || admission?.end === "admitted") return { id, kind, state, head, checks: [] };
  }
  return null;
}

function toAnswer(marker: string, by: string, { kind, state, head, checks }: Ended): Message {
  if (checks.length === 0 || head === null) return answers.retried(marker, by, { kind, state });
  return checksRetried(marker, by, { head, checks });
}
