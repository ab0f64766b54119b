import type { RepoRef, Sha } from "../domain/ids.ts";
import type { Use } from "../domain/quota.ts";
import type { RunKind, RunState } from "../domain/run.ts";

/** Everything that must outlive a process. One implementation (drizzle) for PGlite and PostgreSQL. */
export interface Store {
  readonly runs: RunStore;
  readonly steps: StepStore;
  readonly events: EventStore;
  readonly leases: LeaseStore;
  readonly plans: PlanStore;
  readonly pulls: PullStore;
  readonly deliveries: DeliveryStore;
  readonly usage: UsageStore;
  readonly audit: AuditStore;
  readonly installations: InstallationStore;
  readonly logs: LogStore;
  readonly linkKeys: LinkKeyStore;
  readonly coverage: CoverageStore;
  readonly flaky: FlakyStore;
  /** A round trip, for /health. Throws when the store is away. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface Run {
  readonly id: string;
  readonly kind: RunKind;
  readonly repo: RepoRef;
  /** The issue or pull it is about. */
  readonly number: number;
  readonly head: Sha | null;
  readonly state: RunState;
  /** What it waits for, or why it ended: one sentence for a person. */
  readonly reason: string | null;
  readonly jobId: string;
  readonly actor: string;
  readonly cancelRequestedBy: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface RunStore {
  /** Finds the run of this job or makes it (`queued`). The same job id always gives the same run, however often it is delivered. */
  open(wanted: Pick<Run, "kind" | "repo" | "number" | "head" | "jobId" | "actor">): Promise<Run>;
  get(id: string): Promise<Run | null>;
  byJob(jobId: string): Promise<Run | null>;
  /** Moves it on and appends a `run.<state>` event in one transaction. A final state is never left: then it returns false. */
  move(id: string, state: RunState, reason?: string): Promise<boolean>;
  setHead(id: string, head: Sha): Promise<void>;
  /** Newest first. `alive` leaves out final states. */
  of(
    repo: RepoRef,
    number: number,
    options?: { alive?: boolean; kind?: RunKind; limit?: number },
  ): Promise<readonly Run[]>;
  /** Marks every living run of the thread (but not `except`, `only` that one, and only those opened before the run `olderThan`) as to be cancelled; the worker that has one stops it. Returns those runs. */
  requestCancel(
    repo: RepoRef,
    number: number,
    by: string,
    options?: { kind?: RunKind; except?: string; only?: string; olderThan?: string },
  ): Promise<readonly Run[]>;
  /** Runs in no final state that nobody holds a lease on, unchanged for at least this long: they wait for their job, or nothing is left of it. */
  orphans(olderThanMs: number): Promise<readonly Run[]>;
  /** Runs that ended without success a while ago (but not longer than `withinMs`) and have no event `event`: nobody was told. */
  endedWithout(event: string, olderThanMs: number, withinMs: number): Promise<readonly Run[]>;
  /** How many runs of a kind are in a state, over all repositories; combinations without a run are left out. For /metrics. */
  countByState(): Promise<readonly RunCount[]>;
}

export interface RunCount {
  readonly kind: RunKind;
  readonly state: RunState;
  readonly count: number;
}

/** The journal: a finished step's result is kept and the step is not done again. */
export interface StepStore {
  /** The stored result (JSON) of a finished step, or undefined when it has not finished. */
  finished(runId: string, name: string): Promise<{ result: unknown } | undefined>;
  /** Notes that the step is at work, unless it has finished: then its stored result, as `finished` gives it. */
  begin(runId: string, name: string): Promise<{ result: unknown } | undefined>;
  /**
   * Keeps the result of a step that has begun, as long as the lease is held: who lost it must not change what the one who has it goes by.
   * @param result JSON, at most 16 MB as text; more is an error that names the step
   * @returns false, and keeps nothing, when the lease is somebody else's or has run out
   */
  finish(runId: string, name: string, result: unknown, lease: Lease): Promise<boolean>;
  fail(runId: string, name: string, error: string): Promise<void>;
  list(runId: string): Promise<readonly StepRecord[]>;
}

export interface StepRecord {
  readonly name: string;
  readonly state: "started" | "finished" | "failed";
  readonly error: string | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

/** Append-only. */
export interface EventStore {
  append(event: { runId?: string; name: string; data?: unknown }): Promise<void>;
  of(runId: string): Promise<readonly { seq: number; name: string; data: unknown; at: Date }[]>;
}

/** What was acquired, and the proof of it. */
export interface Lease {
  readonly key: string;
  readonly token: string;
}

/** Who may act on a thread or a run right now. A fence, not a mutex: ask `holds` before every write to GitHub. */
export interface LeaseStore {
  /** A fresh token when the key is free, expired, or held by the same owner whose lease has run out; null when somebody else holds it. */
  acquire(key: string, owner: string, ttlMs: number): Promise<string | null>;
  renew(key: string, token: string, ttlMs: number): Promise<boolean>;
  holds(key: string, token: string): Promise<boolean>;
  release(key: string, token: string): Promise<void>;
}

export interface StoredPlan {
  readonly hash: string;
  readonly repo: RepoRef;
  readonly issue: number;
  readonly version: number;
  /** The commit of the base branch that the plan was made against. */
  readonly base: Sha;
  /** The plan as data (JSON). */
  readonly plan: unknown;
  readonly runId: string;
  readonly createdAt: Date;
  readonly approvedBy: string | null;
}

export interface PlanStore {
  /** Stores a version. The latest one's hash again changes nothing; an older one's makes that plan the latest, to be approved anew. */
  put(plan: Omit<StoredPlan, "createdAt" | "approvedBy" | "version">): Promise<StoredPlan>;
  latest(repo: RepoRef, issue: number): Promise<StoredPlan | null>;
  byHash(repo: RepoRef, issue: number, hash: string): Promise<StoredPlan | null>;
  /** First approval wins; returns who approved. */
  approve(hash: string, repo: RepoRef, issue: number, by: string): Promise<string>;
}

export interface DeliveryStore {
  /** What became of a delivery: for people who ask "did it arrive?". Idempotent by GUID. */
  record(delivery: {
    guid: string;
    event: string;
    action: string | null;
    installation: number | null;
    outcome: string;
  }): Promise<void>;
  get(guid: string): Promise<{ guid: string; event: string; outcome: string; at: Date } | null>;
}

export interface Spending {
  /** Model calls. */
  readonly steps: number;
  /** While an agent was at work. */
  readonly ms: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly usd: number;
}

export interface UsageStore {
  add(usage: Spending & { runId: string; step: string; model: string }): Promise<void>;
  ofRun(runId: string): Promise<Spending>;
  /** What the runs of a repository used: of some of its threads only, or within the last so many milliseconds. */
  of(repo: RepoRef, options: { numbers?: readonly number[]; withinMs?: number }): Promise<Spending>;
}

/** A pull that this bot made, or was asked to bring to green. */
export interface StoredPull {
  readonly repo: RepoRef;
  readonly number: number;
  /** The issue that it solves. */
  readonly issue: number | null;
  /** Who asked for the work, and is named when it cannot go on. */
  readonly requester: string;
  readonly requesterId: number;
  readonly branch: string;
  /** The newest commit of ours on it; with another head, somebody else works on it too. */
  readonly head: Sha | null;
}

export interface PullStore {
  /** Remembers the pull, or what is new about it. */
  put(pull: StoredPull): Promise<void>;
  get(repo: RepoRef, number: number): Promise<StoredPull | null>;
}

export interface AuditStore {
  /** Who did what to what: approvals, merges, refusals, cancellations. Append-only. */
  append(entry: { actor: string; action: string; subject: string; runId?: string; detail?: unknown }): Promise<void>;
  list(options: {
    subject?: string;
    limit: number;
  }): Promise<readonly { actor: string; action: string; subject: string; at: Date; detail: unknown }[]>;
}

export interface InstallationStore {
  put(installation: {
    id: number;
    account: string;
    accountType: string;
    permissions: Record<string, string>;
    suspended: boolean;
  }): Promise<void>;
  remove(id: number): Promise<void>;
  setRepositories(
    installation: number,
    repositories: readonly { id: number; owner: string; name: string }[],
  ): Promise<void>;
  list(): Promise<readonly { id: number; account: string; suspended: boolean }[]>;
  repositories(installation: number): Promise<readonly RepoRef[]>;
}

/** What a program of a run prints, while it prints it; and the files it leaves. All of it has passed the redactor. */
export interface LogStore {
  /** A new log. Earlier ones of the same name in the run that have no end yet get one: `interrupted`. */
  open(runId: string, name: string, command: string): Promise<StoredLog>;
  /** @returns false, and nothing is kept, when the log has ended: somebody else does the work anew */
  append(log: Pick<StoredLog, "id" | "runId">, chunks: readonly Pick<LogChunk, "line" | "text">[]): Promise<boolean>;
  /** The first end counts. `report` is what was understood of it. */
  end(id: number, ended: { end: string; code: number | null; report?: LogReport }): Promise<void>;
  /** In the order in which they began. */
  of(runId: string): Promise<readonly StoredLog[]>;
  /** What was understood of the logs of a run, by their ids, where there is something. */
  reports(runId: string): Promise<ReadonlyMap<number, LogReport>>;
  /** The chunks of a log, oldest first: those after a number, or before one, which are then the last such. */
  chunks(id: number, range: { after?: number; before?: number; limit: number }): Promise<readonly LogChunk[]>;
  /** The last chunks before a number that end on this line, oldest first: with them the line is whole. */
  upToLine(id: number, line: number, before: number): Promise<readonly LogChunk[]>;
  /** The chunks of all logs of a run after a number, oldest first. */
  since(runId: string, after: number, limit: number): Promise<readonly LogChunk[]>;
  /** The number of the run's newest chunk; 0 before the first. */
  newest(runId: string): Promise<number>;
  /** Keeps a file's text, in place of an earlier one with that path. */
  keepFile(logId: number, file: { path: string; text: string }): Promise<void>;
  files(runId: string): Promise<readonly LogFile[]>;
  /** A file with its text, if it belongs to the run. */
  file(runId: string, id: number): Promise<(LogFile & { readonly text: string }) | null>;
  /**
   * What ran for an installation and began within so many milliseconds, by the store's clock. What a dead worker left without an end
   * counts as nothing, since nobody knows how long it ran.
   */
  uses(installation: number, withinMs: number): Promise<readonly Use[]>;
  /** Removes the logs that began longer ago, with their files. @returns how many */
  expire(olderThanMs: number): Promise<number>;
}

export interface StoredLog {
  readonly id: number;
  readonly runId: string;
  /** What prints: the name of a command, `setup`. */
  readonly name: string;
  /** Counts the logs of this name in the run, from 1. */
  readonly attempt: number;
  /** The line that was run. */
  readonly command: string;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  /** How it ended (`exited`, `timed-out` …); null while it goes on. */
  readonly end: string | null;
  readonly code: number | null;
}

/** What is named beside a log: tests that failed, and problems at places in files. */
export interface LogReport {
  readonly tests: { readonly passed: number; readonly failed: number; readonly skipped: number } | null;
  readonly found: readonly {
    /** Of the test, or of the rule. */
    readonly name: string;
    readonly file: string | null;
    readonly line: number | null;
    readonly message: string;
  }[];
}

export interface LogChunk {
  readonly logId: number;
  readonly seq: number;
  /** The line on which it begins, from 1. What lies between the end of one chunk and the beginning of the next was not kept. */
  readonly line: number;
  readonly text: string;
}

export interface LogFile {
  readonly id: number;
  readonly logId: number;
  readonly path: string;
  /** Of the text as UTF-8. */
  readonly bytes: number;
}

/** Keys by which links to the pages of runs are signed, for all processes of the bot. */
export interface LinkKeyStore {
  /** The one to sign with first, then those before it whose links may still be about. The first call makes one. */
  all(): Promise<readonly [string, ...string[]]>;
  /** Makes a new key when the newest is older than `afterMs`, and forgets those older than `forgetMs`. */
  rotate(afterMs: number, forgetMs: number): Promise<void>;
}

/** How many there are, and how many of them a test reached. */
interface Reached {
  readonly found: number;
  readonly hit: number;
}

export interface MeasuredCoverage {
  readonly lines: Reached;
  /** Lines by file; empty when there were too many files to keep. */
  readonly files: Readonly<Record<string, Reached>>;
}

/** What a command's tests reach on base commits. Of a repository the newest 100 are kept. */
export interface CoverageStore {
  /** Keeps what was measured by running the command on exactly this commit; a second measurement takes the place of the first. */
  put(repo: RepoRef, command: string, commit: Sha, measured: MeasuredCoverage): Promise<void>;
  get(repo: RepoRef, command: string, commit: Sha): Promise<MeasuredCoverage | null>;
  /** Forgets what was measured longer ago. @returns how many were forgotten */
  expire(olderThanMs: number): Promise<number>;
}

/** How often a test was seen to fail and pass on the same commit, each run counting once. */
export interface FlakyTest {
  readonly test: string;
  readonly times: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
  /** The pull in which it was seen last. */
  readonly lastPull: number;
}

/** Tests that both fail and pass on one commit, over time. Of a repository the newest 2,000 sightings are kept. */
export interface FlakyStore {
  /** A run saw these tests of a command fail and pass. The same run counts each test once, however often it tells. Of more than 200 tests the first count, of a name the first 500 characters. */
  record(seen: {
    repo: RepoRef;
    command: string;
    tests: readonly string[];
    runId: string;
    pull: number;
  }): Promise<void>;
  /** Of these tests those that other runs than `except` saw within the last so many milliseconds. */
  history(
    repo: RepoRef,
    command: string,
    tests: readonly string[],
    options: { withinMs: number; except: string },
  ): Promise<readonly FlakyTest[]>;
  /** Forgets what was seen longer ago. @returns how many sightings were forgotten */
  expire(olderThanMs: number): Promise<number>;
}
