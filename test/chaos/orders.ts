import type { Boundary } from "./boundaries.ts";

/** What a bot is to do to itself. */
export interface Orders {
  /** The file that all processes of a test write to. A boundary that is in it is passed. */
  readonly diary: string;
  /** Each of these boundaries once. */
  readonly at: readonly Boundary[];
  /** And this one whenever it is reached. */
  readonly always?: Boundary;
  readonly signal: "SIGKILL" | "SIGSTOP";
  /** How long job and thread stay its own after its last sign of life. */
  readonly leaseMs: number;
  /** How many dead workers a job may have had. */
  readonly maxStalls?: number;
}
