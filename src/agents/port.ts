import type { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";

/** Whoever makes plans and changes code. It holds no GitHub token: it sees a workspace and returns typed results. */
export interface AgentBackend {
  readonly name: string;
  /** Works at another place, with access to GitHub of its own: it needs no sandbox here, and its work ends as `published`. */
  readonly elsewhere?: boolean;
  /** Proposes a plan for an issue; must not change the workspace (its tools are read-only). */
  plan(task: PlanTask, workspace: AgentWorkspace, session: AgentSession): Promise<AgentOutcome<ProposedPlan>>;
  /** Carries out an instruction in the workspace. The changed files are read from the workspace afterwards, not from the answer. */
  work(
    task: WorkTask,
    workspace: AgentWorkspace,
    session: AgentSession,
  ): Promise<AgentOutcome<WorkReport> | PublishedWork>;
  /** Stops what goes on elsewhere for work that was begun with this memory and that nobody waits for any more. Never throws. */
  abandon?(memory: AgentMemory): Promise<void>;
}

/** Paths are relative to the workspace, with `/`. Implementations refuse to leave it, through `..` and symbolic links alike. */
export interface AgentWorkspace {
  /** Text of at most `most` bytes, 1,000,000 when that is not said. @throws UserError */
  read(path: string, options?: { most?: number }): Promise<string>;
  /** Files below a directory ("" = root), at most `limit`, sorted. */
  list(directory: string, limit: number): Promise<readonly string[]>;
  search(text: string, options: { glob?: string; limit: number }): Promise<readonly SearchHit[]>;
  write(path: string, content: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** A line for the shell of the sandbox. */
  run(
    command: string,
    options: { timeoutMs: number; signal?: AbortSignal },
  ): Promise<{ end: string; code: number | null; output: string }>;
  /**
   * Starts a program in the sandbox that is spoken to while it runs, for a back-end that brings one along. Absent where there is none.
   * @throws UserError where the host cannot give a safe sandbox
   */
  start?(program: WorkspaceProgram): Promise<RunningProgram>;
}

export interface WorkspaceProgram {
  readonly run: readonly string[];
  /** All of its environment besides PATH and HOME. */
  readonly env: Readonly<Record<string, string>>;
  /** Files of the host that it sees, and cannot write. */
  readonly mounts: readonly { readonly source: string; readonly at: string }[];
  /** The workspace cannot be written. */
  readonly readOnly: boolean;
  /** The one thing outside that it reaches: a variable of its environment holds the address, and each connection is handed over. */
  readonly service: { readonly variable: string; connect(connection: Socket): void };
  readonly signal: AbortSignal;
}

export interface RunningProgram {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Kills it and everything that it started. */
  kill(): void;
  /** Never rejects. `code` when `end` is `exited`, else null. */
  readonly ended: Promise<{ readonly end: string; readonly code: number | null }>;
}

export interface SearchHit {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

export interface AgentSession {
  readonly budget: AgentBudget;
  /** Aborted with `Cancelled` when nobody wants the result any more; with anything else, the work may be begun anew elsewhere. */
  readonly signal: AbortSignal;
  /** By which work is found again that goes on elsewhere, when it is begun anew after a crash or a pause. */
  readonly memory?: AgentMemory;
  /** Called after each model call with what it used, and before each tool with what it is about to do. */
  onProgress?(event: AgentProgress): void;
}

export interface AgentMemory {
  /** The same whenever the same work is begun. */
  readonly key: string;
  /** Does it once: begun anew, the result of the first time (JSON) comes back. */
  once<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** What `once` kept under a name, or undefined. */
  recall(name: string): Promise<unknown>;
}

export interface AgentBudget {
  readonly steps: number;
  readonly tokens: number;
  readonly usd: number;
  readonly minutes: number;
  /** The setting behind each amount, for the words when it is used up; absent: `agent.budget.…`. */
  readonly settings?: Readonly<Record<"steps" | "tokens" | "usd" | "minutes", string>>;
}

export type AgentProgress =
  | { readonly kind: "model"; readonly usage: AgentUsage }
  | { readonly kind: "tool"; readonly name: string; readonly summary: string };

export interface AgentUsage {
  readonly steps: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** 0 when the price of the model is not known; `priced` says which. */
  readonly usd: number;
  readonly priced: boolean;
}

/** Text that a contributor could write. It is delimited and sanitised before it reaches a model. */
export interface Untrusted {
  readonly from: string;
  readonly text: string;
}

export interface PlanTask {
  readonly repository: string;
  readonly issue: { readonly number: number; readonly title: string; readonly body: string; readonly author: string };
  readonly comments: readonly Untrusted[];
  /** From `.codegen.yml` and rule files of the base branch. */
  readonly guidance: readonly string[];
  /** Files that may be concerned, found by words, with what they hold: names of contributors. */
  readonly map?: string | undefined;
  /** What a person asked to change in the previous version. */
  readonly revision?: { readonly previous: ProposedPlan; readonly request: string };
}

export interface WorkTask {
  readonly repository: string;
  readonly issue: { readonly number: number; readonly title: string; readonly body: string };
  readonly plan?: ProposedPlan;
  /** Given with `/codegen run <text>` or `/codegen fix <text>`. */
  readonly instruction?: string;
  /** What is wrong with the state that the workspace shows, when the work is to mend it. */
  readonly mend?: Mend;
  /** The repository's template for the text of a pull, when the result becomes a new one. */
  readonly template?: string;
  readonly guidance: readonly string[];
  /** As of a plan. */
  readonly map?: string | undefined;
  /** Commands that the repository says must pass. */
  readonly commands: readonly { readonly name: string; readonly run: string }[];
  /** Where the result belongs, for who publishes it himself: the branch (of `pull`, when that is open already) and what it goes into. */
  readonly target: { readonly branch: string; readonly base: string; readonly pull: number | null };
}

export interface Mend {
  /** Checks that fail, each with its cause: lines of a log. */
  readonly failures: readonly { readonly name: string; readonly run: string; readonly cause: string }[];
  /** What reviewers ask for, thread by thread. */
  readonly threads: readonly ReviewRequest[];
}

export interface ReviewRequest {
  /** Counts from 1. */
  readonly thread: number;
  /** Null for the review's own text. */
  readonly path: string | null;
  readonly line: number | null;
  readonly comments: readonly Untrusted[];
}

export interface ProposedPlan {
  readonly problem: string;
  /** `symbols`: functions, classes and types that change or are made. */
  readonly files: readonly { readonly path: string; readonly change: string; readonly symbols?: readonly string[] }[];
  readonly steps: readonly string[];
  readonly tests: readonly string[];
  readonly risks: readonly string[];
  readonly questions: readonly string[];
  readonly confidence: "low" | "medium" | "high";
}

export interface WorkReport {
  /** One line, imperative: becomes the commit's subject and the pull's title. */
  readonly title: string;
  readonly summary: string;
  readonly testsRun: readonly string[];
  readonly openPoints: readonly string[];
  /** One for each thread of a review, by its number. */
  readonly answers?: readonly ThreadAnswer[] | undefined;
  /** The text of the pull, where the repository has a template: the template filled in. */
  readonly description?: string | undefined;
}

export interface ThreadAnswer {
  readonly thread: number;
  readonly done: boolean;
  readonly text: string;
}

/** How an agent's turn ended. Everything but `done` carries a sentence for the person. */
export type AgentOutcome<T> =
  | { readonly end: "done"; readonly result: T; readonly usage: AgentUsage }
  | {
      readonly end: "unavailable";
      readonly reason: string;
      /** Waiting may help: the run is taken up again later. */
      readonly passing: boolean;
      readonly usage: AgentUsage;
    }
  | { readonly end: "budget" | "nonsense" | "cancelled"; readonly reason: string; readonly usage: AgentUsage };

/** The work of a back-end that opened a pull itself. Nobody has looked at that pull yet. */
export interface PublishedWork {
  readonly end: "published";
  /** Its number in the task's repository. */
  readonly pull: number;
  readonly summary: string;
  readonly usage: AgentUsage;
}
