/** Which job is done by whom. The queue knows names; here they meet their stories. */
import { agent } from "./agent/index.ts";
import { commit } from "./commit/index.ts";
import { control } from "./control/index.ts";
import type { PipelineDeps } from "./deps.ts";
import { fix } from "./fix/index.ts";
import { installation } from "./installation/index.ts";
import { merge } from "./merge/index.ts";
import { plan } from "./plan/index.ts";
import { reconcile } from "./reconcile/index.ts";
import { reply } from "./reply/index.ts";
import { revert } from "./revert/index.ts";
import { validate } from "./validate/index.ts";
import type { Processors } from "./worker.ts";

export function compose(deps: PipelineDeps): Processors {
  return {
    plan: (job, context) => plan(job, context, deps),
    agent: (job, context) => agent(job, context, deps),
    fix: (job, context) => fix(job, context, deps),
    revert: (job, context) => revert(job, context, deps),
    validate: (job, context) => validate(job, context, deps),
    merge: (job, context) => merge(job, context, deps),
    control: (job, context) => control(job, context, deps),
    reply: (job, context) => reply(job, context, deps),
    commit: (job, context) => commit(job, deps, context.log),
    installation: (job) => installation(job, deps),
    reconcile: (_job, context) => reconcile(deps, context.log),
  };
}
