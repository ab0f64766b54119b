import type { ThreadRef } from "../../src/domain/ids.ts";
import type { StoredPull } from "../../src/store/port.ts";
import { failedValidation } from "../asked.ts";
import type { PipelineDeps } from "../deps.ts";
import { fixDedupe, fixDelivery } from "../jobs.ts";

/** Has a failed validation mended, when it was one of the bot's own commits. The same validation asks once. */
export async function startFix(deps: PipelineDeps, thread: ThreadRef, validation: { id: string; head: string }) {
  const pull = await deps.store.pulls.get(thread.repo, thread.number);
  if (pull?.head !== validation.head) return;
  const actor = { id: pull.requesterId, login: pull.requester };
  await deps.queue.enqueue(
    "fix",
    {
      v: 1,
      delivery: fixDelivery(validation.id),
      repo: thread.repo,
      pull: thread.number,
      trigger: { kind: "event", name: failedValidation, actor },
    },
    { dedupe: fixDedupe(thread.repo, thread.number, "checks") },
  );
}

/**
 * Remembers a pull and the bot's newest commit on it. A validation may have come and gone between the commit and this note, when a worker died
 * in between: then it asks now.
 */
export async function rememberPull(deps: PipelineDeps, pull: StoredPull): Promise<void> {
  await deps.store.pulls.put(pull);
  const { repo, number, head } = pull;
  const validations = await deps.store.runs.of(repo, number, { kind: "validate" });
  const ended = validations.find((run) => run.head !== null && run.head === head && run.state === "succeeded");
  if (ended !== undefined && head !== null) await startFix(deps, { repo, number }, { id: ended.id, head });
}
