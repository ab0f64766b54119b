import type { JobName, Jobs } from "../../../pipelines/jobs.ts";
import type { Processors } from "../../../pipelines/worker.ts";

export const repo = { installation: 1, id: 42, owner: "octo", name: "shop" };

/** A plan job of its own delivery. */
export function planJob(delivery: string, issue = 7): Jobs["plan"] {
  return { v: 1, delivery, repo, issue, trigger: { kind: "assigned", actor: { id: 1, login: "ada" } } };
}

/** Every job name answers with an error, but for those that are given. */
export function processors(given: Partial<Processors>): Processors {
  const unexpected = (name: JobName) => async (): Promise<void> => {
    throw new Error(`no ${name} job was expected`);
  };
  return {
    plan: unexpected("plan"),
    agent: unexpected("agent"),
    fix: unexpected("fix"),
    revert: unexpected("revert"),
    validate: unexpected("validate"),
    merge: unexpected("merge"),
    control: unexpected("control"),
    reply: unexpected("reply"),
    commit: unexpected("commit"),
    installation: unexpected("installation"),
    reconcile: unexpected("reconcile"),
    ...given,
  };
}
