/**
 * Contracts only: what a job is called, what it carries, what makes two jobs the same, how often it is tried.
 * A job names things (ids, hashes); it never carries free text or tokens, since the queue keeps it in clear.
 * The worker reads everything else anew.
 */
import type { RepoRef, Sha } from "../src/domain/ids.ts";

/** The hash of title and body of the issue or pull when the command was given; absent where nobody knew it. */
interface OnThread {
  threadHash?: string;
}

/** What made us look: enough for the worker to find it again and to see whether it is still the same. */
export type Trigger =
  /** One command line of a comment; `index` counts the commands in it from 0, and its jobs. `where` says which API holds the comment. */
  | ({
      kind: "comment";
      where: CommentPlace;
      commentId: number;
      bodyHash: string;
      index: number;
      /** The commands above it that are done before it begins. */
      after?: readonly number[];
      actor: Actor;
    } & OnThread)
  /** A ticked checkbox in our own comment; `token` is what the box carries (for a plan, its hash). */
  | ({ kind: "checkbox"; where: CommentPlace; commentId: number; box: string; token: string; actor: Actor } & OnThread)
  | ({ kind: "label"; label: string; actor: Actor } & OnThread)
  /** `assignee` is the login that the event named; whether that is us, only the worker can tell. */
  | ({ kind: "assigned"; assignee?: string; actor: Actor } & OnThread)
  /** `checkRunId` is null when all checks of the commit were asked for at once, or with the action `retry` all that did not pass. */
  | { kind: "button"; checkRunId: number | null; action: string; actor: Actor }
  /** A review that asks for changes. */
  | { kind: "review"; reviewId: number; actor: Actor }
  /** `/codegen retry`: what an earlier run was asked, asked again by the comment's author. */
  | { kind: "retry"; runId: string; commentId: number; index: number; actor: Actor }
  /** A state of GitHub changed (push, review, check …); nobody asked in words. */
  | { kind: "event"; name: string; actor: Actor };

export type CommentPlace = "issue" | "review-comment" | "review";

export interface Actor {
  id: number;
  login: string;
}

interface Base {
  /** Version of this contract: a worker puts back what is newer than it knows. */
  v: 1;
  /** The GUID of the delivery that made the job; a number after it counts several jobs of one delivery. */
  delivery: string;
  repo: RepoRef;
  trigger: Trigger;
}

export interface Jobs {
  /** `/codegen plan`, `/codegen revise`, label, assignment */
  plan: Base & { issue: number };
  /** `/codegen approve`, its checkbox, `/codegen run`, label */
  agent: Base & { issue: number };
  /** `/codegen fix`, reviews that ask for changes, failed validations of pulls that the bot looks after */
  fix: Base & { pull: number };
  /** `/codegen revert` */
  revert: Base & { pull: number };
  /** pull events, `/codegen validate`, re-run buttons; `head` is absent when the trigger did not name it */
  validate: Base & { pull: number; head?: Sha };
  /** `/codegen merge`, and events after which an automatic merge may have become possible */
  merge: Base & { pull: number };
  /** `/codegen cancel`, `/codegen hold` and its opposite */
  control: Base & { number: number };
  /** Commands that are answered with words alone: help, status, config, unknown, not yet available */
  reply: Base & { number: number };
  /** Events that name a commit and no pull: each open pull at that head gets a job of its own. */
  commit: Base & { sha: Sha; next: "merge" | "validate" | "fix" };
  /** Installation added, removed, renamed: the store follows GitHub. */
  installation: { v: 1; delivery: string; installation: number };
  /** Every few minutes, by the scheduler. */
  reconcile: { v: 1 };
}

export type JobName = keyof Jobs;
export type Job = { [N in JobName]: { name: N; data: Jobs[N] } }[JobName];

/** Runs that a person can see have these names; the other two are housekeeping. */
export type RunJobName = Exclude<JobName, "commit" | "installation" | "reconcile">;

/** BullMQ refuses ids with ":" and ids of digits only. A redelivery has the same GUID, therefore the same id, therefore one job. */
export function jobId(delivery: string, index = 0): string {
  return `wh_${delivery.replaceAll(/[^A-Za-z0-9_-]/g, "-")}_${index}`;
}

/** The delivery of work that a failed validation asks for. */
export function fixDelivery(validationRun: string): string {
  return `${automatic}${validationRun}`;
}

/** Whether nobody but the bot itself asked for this job: then it gives way to whatever a person asks for. */
export function isAutomatic(id: string): boolean {
  return id.startsWith(`wh_${automatic}`);
}

const automatic = "failed-";

/** One review is one piece of work, however many events tell of it. */
export function fixDedupe(repo: RepoRef, pull: number, review: number | "checks"): string {
  return `fix:${repo.id}:${pull}:${review}`;
}

/** A look whether a merge has become possible: only the last one counts, so those of one head wait as one. */
export function mergeDedupe(repo: RepoRef, pull: number, head: Sha): string {
  return `merge:${repo.id}:${pull}:${head}`;
}

/**
 * Each attempt that fails is worth one write that GitHub did not take, and a run makes about ten; eight attempts last six minutes,
 * which most troubles of GitHub do not.
 */
export const retry: Record<JobName, { attempts: number; backoffMs: number }> = {
  plan: { attempts: 8, backoffMs: 3_000 },
  agent: { attempts: 8, backoffMs: 3_000 },
  fix: { attempts: 8, backoffMs: 3_000 },
  revert: { attempts: 8, backoffMs: 3_000 },
  validate: { attempts: 8, backoffMs: 3_000 },
  merge: { attempts: 8, backoffMs: 3_000 },
  control: { attempts: 5, backoffMs: 2_000 },
  reply: { attempts: 5, backoffMs: 2_000 },
  commit: { attempts: 5, backoffMs: 2_000 },
  installation: { attempts: 5, backoffMs: 2_000 },
  reconcile: { attempts: 1, backoffMs: 0 },
};
