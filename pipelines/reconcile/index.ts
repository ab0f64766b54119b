/**
 * Every few minutes: what GitHub could not deliver is asked for again, and runs whose worker is gone are ended, so that no check
 * spins and no person waits for ever. Each part stands alone: one that fails does not keep the others from their work.
 */
import { redeliver, listFailedDeliveries } from "../../src/github/deliveries.ts";
import { messageOf } from "../../src/errors.ts";
import { sweepTrees } from "../../src/workspace/kept-trees.ts";
import { tidyMirror } from "../../src/workspace/tidy-mirrors.ts";
import { sweepWorkspaces } from "../../src/workspace/workspaces.ts";
import { linkLifeMs } from "../../src/domain/run-link.ts";
import { isFinal } from "../../src/domain/run.ts";
import type { Log } from "../../src/log.ts";
import type { PipelineDeps } from "../deps.ts";
import { endRun, tellEnd } from "../end-run.ts";
import { toldEvent } from "../run-context.ts";
import { runWriter } from "../run-writer.ts";
import { ownerOf } from "../workbench.ts";
import { decideOrphans, decideRedeliveries } from "./decide.ts";

/** GitHub keeps deliveries for redelivery for three days. */
const lookBackMs = 3 * 86_400_000;
/** A run that nobody holds and nothing moved for this long is looked at. */
const orphanAfterMs = 5 * 60_000;

/** Nobody waits for the end of something older. */
const owedForMs = 86_400_000;

/** Then no link that was signed with a key is about any more: it signs for one life of a link, and each lives for one. */
const keyLifeMs = 2 * linkLifeMs + 86_400_000;

const measuredForMs = 90 * 86_400_000;

export async function reconcile(deps: PipelineDeps, log: Log): Promise<void> {
  await part("redeliveries", log, () => askForRedeliveries(deps, log));
  await part("orphans", log, () => endOrphans(deps, log));
  await part("last words", log, () => tellUntold(deps, log));
  await part("workspaces", log, () => removeLeftovers(deps, log));
  await part("trees", log, () => removeTrees(deps, log));
  await part("logs", log, () => forgetLogs(deps, log));
  await part("snapshots", log, () => tidySnapshots(deps, log));
  await part("measurements", log, () => forgetMeasured(deps, log));
  await part("mirrors", log, () => tidyMirrors(deps, log));
}

async function askForRedeliveries(deps: PipelineDeps, log: Log): Promise<void> {
  const now = deps.clock.now();
  const failed = await listFailedDeliveries(deps.github, new Date(now.getTime() - lookBackMs));
  const writer = runWriter(deps, { fence: async () => {}, log });
  for (const delivery of decideRedeliveries(failed, now)) {
    await redeliver(deps.github, writer, delivery);
    log.info({ guid: delivery.guid, event: delivery.event }, "asked for a redelivery");
  }
}

async function forgetLogs({ store }: PipelineDeps, log: Log): Promise<void> {
  const removed = await store.logs.expire(linkLifeMs);
  if (removed > 0) log.info({ removed }, "removed logs that no link leads to any more");
  await store.linkKeys.rotate(linkLifeMs, keyLifeMs);
}

async function endOrphans(deps: PipelineDeps, log: Log): Promise<void> {
  const runs = await deps.store.runs.orphans(orphanAfterMs);
  const states = await Promise.all(runs.map(async (run) => ({ run, job: await deps.queue.job(run.jobId) })));
  for (const run of decideOrphans(states)) {
    log.warn({ run: run.id, kind: run.kind }, "ending a run whose worker is gone");
    await endRun(deps, run, "Its worker went away and nothing is left to take it up again.");
  }
}

/** GitHub may have been away when a run ended; then its last words are still owed. */
async function tellUntold(deps: PipelineDeps, log: Log): Promise<void> {
  for (const run of await deps.store.runs.endedWithout(toldEvent, orphanAfterMs, owedForMs)) {
    log.warn({ run: run.id, kind: run.kind, state: run.state }, "telling how a run ended");
    await tellEnd(deps, run, run.reason ?? `The run is ${run.state}.`);
  }
}

async function removeLeftovers(deps: PipelineDeps, log: Log): Promise<void> {
  const removed = await sweepWorkspaces(deps.dataDir, async (id) => {
    const run = await deps.store.runs.get(ownerOf(id));
    return run !== null && !isFinal(run.state);
  });
  if (removed.length > 0) log.info({ removed: removed.length }, "removed left-over workspaces");
}

async function removeTrees({ dataDir }: PipelineDeps, log: Log): Promise<void> {
  const removed = await sweepTrees(dataDir);
  if (removed > 0) log.info({ removed }, "removed files of commits that were kept for later runs");
}

/** Nobody changes a test for what it did three months ago. */
async function forgetMeasured({ store }: PipelineDeps, log: Log): Promise<void> {
  const sightings = await store.flaky.expire(measuredForMs);
  const coverage = await store.coverage.expire(measuredForMs);
  if (sightings + coverage > 0) log.info({ sightings, coverage }, "forgot old measurements");
}

async function tidyMirrors({ dataDir }: PipelineDeps, log: Log): Promise<void> {
  const tidied = await tidyMirror(dataDir);
  if (tidied !== null && tidied.forgotten > 0) log.info(tidied, "forgot commits that no run has asked for in 30 days");
}

async function tidySnapshots({ snapshots }: PipelineDeps, log: Log): Promise<void> {
  const removed = await snapshots.tidy();
  if (removed.snapshots + removed.leftovers > 0) log.info(removed, "removed old snapshots and what was left of some");
}

async function part(name: string, log: Log, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.warn({ part: name, error: messageOf(error) }, "a part of the reconcile pass failed");
  }
}
