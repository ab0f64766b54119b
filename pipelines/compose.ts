/** Which job is done by whom. The queue knows names; here they meet their stories. */
import { agent } from "./agent/index.ts";
import { commit } from "./commit/index.ts";
import { control } from "./control/index.ts";
import type { PipelineDeps } from "./deps.ts";
import { fix } from "./fix/index.ts";
import { awaitEarlier } from "./in-order.ts";
import { installation } from "./installation/index.ts";
import type { Jobs, RunJobName } from "./jobs.ts";
import { merge } from "./merge/index.ts";
import { plan } from "./plan/index.ts";
import { reconcile } from "./reconcile/index.ts";
import { reply } from "./reply/index.ts";
import { revert } from "./revert/index.ts";
import { validate } from "./validate/index.ts";
import type { JobContext, Processors } from "./worker.ts";

export function compose(deps: PipelineDeps): Processors {
  return {
    plan: inOrder(deps, plan),
    agent: inOrder(deps, agent),
    fix: inOrder(deps, fix),
    revert: inOrder(deps, revert),
    validate: inOrder(deps, validate),
    merge: inOrder(deps, merge),
    control: inOrder(deps, control),
    reply: inOrder(deps, reply),
    commit: (job, context) => commit(job, deps, context.log),
    installation: (job) => installation(job, deps),
    reconcile: (_job, context) => reconcile(deps, context.log),
  };
}

/** A story that begins when what was asked before it in the same comment is done. */
function inOrder<D extends Jobs[RunJobName]>(
  deps: PipelineDeps,
  story: (job: D, context: JobContext, deps: PipelineDeps) => Promise<void>,
): (job: D, context: JobContext) => Promise<void> {
  return async (job, context) => {
    await awaitEarlier(deps, job, context);
    await story(job, context, deps);
  };
}
