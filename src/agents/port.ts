/** Whoever makes plans and changes code. It holds no GitHub token: it sees a workspace and returns typed results. */
export interface AgentBackend {
  readonly name: string;
  /** Proposes a plan for an issue; must not change the workspace (its tools are read-only). */
  plan(task: PlanTask, workspace: AgentWorkspace, session: AgentSession): Promise<AgentOutcome<ProposedPlan>>;
  /** Carries out an instruction in the workspace. The changed files are read from the workspace afterwards, not from the answer. */
  work(task: WorkTask, workspace: AgentWorkspace, session: AgentSession): Promise<AgentOutcome<WorkReport>>;
}

/** Paths are relative to the workspace, with `/`. Implementations refuse to leave it, through `..` and symbolic links alike. */
export interface AgentWorkspace {
  read(path: string): Promise<string>;
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
}

export interface SearchHit {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

export interface AgentSession {
  readonly budget: AgentBudget;
  readonly signal: AbortSignal;
  /** Called after each model call with what it used, and before each tool with what it is about to do. */
  onProgress?(event: AgentProgress): void;
}

export interface AgentBudget {
  readonly steps: number;
  readonly tokens: number;
  readonly usd: number;
  readonly minutes: number;
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
  /** What a person asked to change in the previous version. */
  readonly revision?: { readonly previous: ProposedPlan; readonly request: string };
}

export interface WorkTask {
  readonly repository: string;
  readonly issue: { readonly number: number; readonly title: string; readonly body: string };
  readonly plan?: ProposedPlan;
  /** Given with `/codegen run <text>`. */
  readonly instruction?: string;
  readonly guidance: readonly string[];
  /** Commands that the repository says must pass. */
  readonly commands: readonly { readonly name: string; readonly run: string }[];
}

export interface ProposedPlan {
  readonly problem: string;
  readonly files: readonly { readonly path: string; readonly change: string }[];
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
}

/** How an agent's turn ended. Everything but `done` carries a sentence for the person. */
export type AgentOutcome<T> =
  | { readonly end: "done"; readonly result: T; readonly usage: AgentUsage }
  | {
      readonly end: "budget" | "unavailable" | "nonsense" | "cancelled";
      readonly reason: string;
      readonly usage: AgentUsage;
    };
