/** No check of ours spins for ever: whatever ends a validation early ends its check runs too, with a reason. */
import type { ThreadRef } from "../../src/domain/ids.ts";
import { UserError, type Cancelled } from "../../src/errors.ts";
import { concludeCheckRun, listOpenCheckRuns } from "../../src/github/check-runs.ts";
import { validationGaveWay } from "../../src/messages/answers.ts";
import { rerunAction } from "../../src/messages/check-actions.ts";
import { checkCancelled, checkFault, checkImpossible } from "../../src/messages/validate.ts";
import { markerOf } from "../asked.ts";
import { tellFailure } from "../command-run.ts";
import type { PipelineDeps } from "../deps.ts";
import type { Jobs } from "../jobs.ts";
import type { RunEnding } from "../run-context.ts";
import { runWriter } from "../run-writer.ts";
import { say } from "../say.ts";
import { outOfQuotaStep } from "./quota.ts";

export interface CloseReason {
  readonly kind: "cancelled" | "impossible" | "fault";
  readonly reason: string;
}

/** Why checks are closed without a result, in words for the person who reads them. */
export function reasonOf(error: unknown): CloseReason {
  if (error instanceof UserError) return { kind: "impossible", reason: error.message };
  return { kind: "fault", reason: "Something went wrong on our side, also after trying again." };
}

const closings = { cancelled: checkCancelled, impossible: checkImpossible, fault: checkFault } as const;

/** Ends the checks that a failed run has open. Where there is none, who asked for it is told in words. */
export async function tellOfFailure(
  deps: PipelineDeps,
  ending: RunEnding,
  { repo, pull, trigger }: Jobs["validate"],
  error: unknown,
): Promise<void> {
  const thread = { repo, number: pull };
  const asked = trigger.kind !== "event";
  const closed = await closeChecks(deps, ending, thread, reasonOf(error)).catch((fault: unknown) => {
    // The App may not write checks, perhaps: that is what has to be told.
    if (asked && fault instanceof UserError) return 0;
    throw fault;
  });
  if (asked && closed === 0)
    await tellFailure(deps, thread, ending, error, { what: "validate", by: trigger.actor.login });
}

/**
 * Concludes the check runs of a run that are still open; closing twice does no harm.
 * @returns how many there were
 */
export async function closeChecks(
  deps: PipelineDeps,
  ending: RunEnding,
  thread: ThreadRef,
  why: CloseReason,
): Promise<number> {
  // The story may have learned the head after the run was opened.
  const head = (await deps.store.runs.get(ending.run.id))?.head;
  if (!head) return 0;
  const writer = runWriter(deps, ending);
  const open = await listOpenCheckRuns(deps.github, thread.repo, head);
  const own = open.filter(({ externalId }) => externalId.startsWith(`${ending.run.id}:`)).map(({ id }) => id);
  const { verdict, text } = closings[why.kind](why.reason);
  const ids = [...own, ...(await waitsInVain(deps, ending))];
  for (const id of ids) {
    await concludeCheckRun(deps.github, writer, thread.repo, id, {
      verdict,
      text,
      actions: [rerunAction],
      completedAt: deps.clock.now(),
    });
  }
  return ids.length;
}

/** The check that says that the run waits for quota, if it still does. */
async function waitsInVain({ store: { steps } }: PipelineDeps, { run }: RunEnding): Promise<readonly number[]> {
  if ((await steps.finished(run.id, "open")) !== undefined) return [];
  const told = await steps.finished(run.id, outOfQuotaStep);
  return told === undefined ? [] : [told.result as number];
}

/** Tells who asked in words that a newer run came before anything was begun for them; of what was begun the checks tell. */
export async function tellGaveWay(
  deps: PipelineDeps,
  ending: RunEnding,
  { repo, pull, trigger }: Jobs["validate"],
  { reason }: Cancelled,
): Promise<void> {
  if (reason !== "superseded" || trigger.kind !== "comment") return;
  if ((await deps.store.steps.finished(ending.run.id, "read")) !== undefined) return;
  const message = validationGaveWay(markerOf(trigger), trigger.actor.login);
  await say({ deps, writer: runWriter(deps, ending), thread: { repo, number: pull } }, message);
}
