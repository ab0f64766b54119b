import type { CodegenConfig } from "../../src/config/schema.ts";
import type { ThreadRef } from "../../src/domain/ids.ts";
import { atLeast } from "../../src/domain/permission.ts";
import { TransientError } from "../../src/errors.ts";
import { listChecks, type CheckState } from "../../src/github/check-runs.ts";
import { getPull, listPullPaths, listReviews, type Pull, type Review } from "../../src/github/pulls.ts";
import { getRole } from "../../src/github/repositories.ts";
import type { Writer } from "../../src/github/writer.ts";
import type { Log } from "../../src/log.ts";
import type { Message } from "../../src/messages/message.ts";
import { admit } from "../admission.ts";
import { readBase } from "../base.ts";
import type { PipelineDeps } from "../deps.ts";
import type { Jobs } from "../jobs.ts";
import type { RunContext } from "../run-context.ts";

export interface Merging {
  readonly id: string;
  readonly job: Jobs["merge"];
  readonly thread: ThreadRef;
  readonly deps: PipelineDeps;
  readonly writer: Writer;
  readonly step: RunContext["step"];
  readonly unseen: RunContext["unseen"];
  readonly log: Log;
}

export interface MergeFacts {
  readonly end: "facts";
  /** Somebody with the right to do so asked in words. */
  readonly asked: boolean;
  readonly actor: string;
  readonly config: CodegenConfig;
  readonly pull: Pull;
  readonly reviews: readonly (Review & { readonly trusted: boolean })[];
  readonly checks: readonly CheckState[];
  readonly paths: readonly string[];
  readonly appId: number;
}

export type MergeRead =
  | MergeFacts
  | { readonly end: "nothing"; readonly reason: string }
  | { readonly end: "refused"; readonly message: Message; readonly reason: string };

/** Reads everything that the decision needs, at one moment, from GitHub. */
export async function readMerge(run: Merging): Promise<MergeRead> {
  const { deps, thread, job, writer } = run;
  const asked = job.trigger.kind !== "event";
  let config: CodegenConfig;
  if (asked) {
    const admission = await admit(deps, writer, thread, job.trigger, ["merge"], { unseen: run.unseen });
    if (admission.end === "ignored") return { end: "nothing", reason: admission.reason };
    if (admission.end === "refused") return admission;
    config = admission.config;
  } else {
    const base = await readBase(deps, thread);
    if (base === null) return { end: "nothing", reason: "the repository or pull is gone" };
    if (base.config.state === "invalid") return { end: "nothing", reason: `${base.configPath} is invalid` };
    config = base.config.config;
    if (!config.merge.auto) return { end: "nothing", reason: "merge.auto is off" };
  }
  const pull = await getPull(deps.github, thread);
  if (pull === null) {
    run.unseen("the pull");
    return { end: "nothing", reason: "the pull is gone" };
  }
  if (pull.open && pull.mergeable === null)
    throw new TransientError("GitHub is still computing whether the pull can be merged");
  const [reviews, checks, paths] = await Promise.all([
    listReviews(deps.github, thread),
    listChecks(deps.github, thread.repo, pull.head.sha),
    listPullPaths(deps.github, thread),
  ]);
  const roles = new Map<string, boolean>();
  for (const { author, isBot } of reviews) {
    if (!roles.has(author))
      roles.set(author, !isBot && atLeast(await getRole(deps.github, thread.repo, author), "write"));
  }
  const trusted = reviews.map((review) => ({ ...review, trusted: roles.get(review.author) === true }));
  return {
    end: "facts",
    asked,
    actor: job.trigger.actor.login,
    config,
    pull,
    reviews: trusted,
    checks,
    paths,
    appId: deps.github.appId,
  };
}
