/** What the page of a run says. Plain text: the page escapes it. */
import type { RunKind, RunState } from "../domain/run.ts";

/** How something stands, for its colour and its sign. */
export type Mark = "good" | "bad" | "running" | "stopped" | "waiting";

export interface Standing {
  readonly mark: Mark;
  readonly words: string;
}

const states: Readonly<Record<RunState, Standing>> = {
  queued: { mark: "waiting", words: "Waits to begin" },
  running: { mark: "running", words: "Running" },
  waiting: { mark: "waiting", words: "Waiting" },
  succeeded: { mark: "good", words: "Done" },
  failed: { mark: "bad", words: "Failed" },
  cancelled: { mark: "stopped", words: "Cancelled" },
  superseded: { mark: "stopped", words: "Superseded" },
};

/** A validation that was carried out says nothing about what it found: that stands in its checks. */
export function runStanding({ kind, state }: { kind: RunKind; state: RunState }): Standing {
  return kind === "validate" && state === "succeeded" ? { mark: "stopped", words: "Ended" } : states[state];
}

const kinds: Readonly<Record<RunKind, string>> = {
  plan: "Plan",
  agent: "Agent run",
  fix: "Fix",
  revert: "Revert",
  validate: "Validation",
  merge: "Merge",
  control: "Command",
  reply: "Answer",
};

/** `Validation of octo/shop#7`. */
export function runTitle(kind: RunKind, thread: string): string {
  return `${kinds[kind]} of ${thread}`;
}

/** @param runEnded a log without an end of its own was cut off with its run */
export function logStanding({ end, code }: { end: string | null; code: number | null }, runEnded: boolean): Standing {
  if (end === null) return runEnded ? interrupted : { mark: "running", words: "Running" };
  if (end === "exited")
    return code === 0 ? { mark: "good", words: "Passed" } : { mark: "bad", words: `Exit code ${code}` };
  if (end === "ended") return { mark: "bad", words: `Ended with exit code ${code} before it was ready` };
  return ends[end] ?? { mark: "bad", words: "Killed" };
}

const interrupted: Standing = { mark: "stopped", words: "Interrupted" };
const ends: Readonly<Record<string, Standing>> = {
  /** An application that is kept running. */
  ready: { mark: "good", words: "Ready" },
  "not-ready": { mark: "bad", words: "Not ready in time" },
  "timed-out": { mark: "bad", words: "Out of time" },
  "out-of-memory": { mark: "bad", words: "Out of memory" },
  "disk-limit": { mark: "bad", words: "Over the disk limit" },
  "output-limit": { mark: "bad", words: "Too much output" },
  cancelled: { mark: "stopped", words: "Cancelled" },
  interrupted,
};

/** The name of a log of what runs on the base commit, to compare. */
export function onBase(name: string): string {
  return `${name} on the base`;
}

const steps: Readonly<Record<"started" | "finished" | "failed", Standing>> = {
  started: { mark: "running", words: "Running" },
  finished: { mark: "good", words: "Done" },
  failed: { mark: "bad", words: "Failed" },
};

/** @param runEnded a step that began and never ended went down with its run */
export function stepStanding(state: keyof typeof steps, runEnded: boolean): Standing {
  return state === "started" && runEnded ? interrupted : steps[state];
}

/** `0.3 s`, `42 s`, `3 min 5 s`, `2 h 10 min` */
export function duration(ms: number): string {
  if (ms < 10_000) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
}

/** For links that are wrong or too old, and for runs that are gone: nobody learns which. */
export const linkGone = {
  title: "This link leads nowhere",
  text: [
    "It has expired, is not complete, or what it led to is no longer kept. Pages of runs and their logs are kept for 30 days.",
    "Open the check on GitHub again and follow its “Details”. When that is too old as well, comment /codegen retry on the pull: it runs again and makes a new link.",
  ],
} as const;

export const pageNotes = {
  privacy: "Whoever has this link can read this page. Secrets that the bot knows are cut out.",
  kept: (until: string) => `This page and its logs are kept until ${until}.`,
  nothingYet: "Nothing has been run yet. What is run shows here while it runs.",
  nothingRan: "Nothing was run.",
  noOutput: "It printed nothing.",
  earlier: (line: number) => `Earlier lines are not shown here: this is the log from line ${line} on.`,
  notShown: "This page is long, so the log is not shown here.",
  whole: "Whole log as text",
  noScript:
    "This page follows the log by itself only with JavaScript. Without it, it is loaded anew every ten seconds.",
} as const;
