import type { BackendWish } from "../src/agents/backends.ts";
import type { AgentBackend, AgentMemory } from "../src/agents/port.ts";
import type { Clock } from "../src/clock.ts";
import type { GitHubApp } from "../src/github/client.ts";
import type { EgressOptions } from "../src/egress/open-egress.ts";
import type { Log } from "../src/log.ts";
import type { Redactor } from "../src/redact.ts";
import type { SandboxProvider } from "../src/sandbox/port.ts";
import type { OperatorSecrets } from "../src/secrets/operator-secrets.ts";
import type { SnapshotMeter } from "../src/snapshots/meter.ts";
import type { Snapshots } from "../src/snapshots/port.ts";
import type { Store } from "../src/store/port.ts";
import type { CodeIndexes } from "./code-index.ts";
import type { JobQueue } from "./queue.ts";
import type { RunSettings } from "./run-context.ts";

/** Everything a pipeline may touch; composed once per process in `compose.ts`, and by tests with ports of their own. */
export interface PipelineDeps {
  readonly store: Store;
  readonly github: GitHubApp;
  /** Everything that leaves, or is kept for people to read, passes it. */
  readonly redactor: Redactor;
  readonly queue: Pick<JobQueue, "enqueue" | "job" | "hurry">;
  /** What works where a repository wishes nothing; undefined: no model is set up, and the bot says so. */
  readonly agent: AgentBackend | undefined;
  /** @throws UserError when the operator does not offer what the repository asks for */
  readonly backendFor: (wish: BackendWish) => AgentBackend | undefined;
  /** Stops what an ended run left going on elsewhere. Never throws. */
  readonly abandon: (memory: AgentMemory) => Promise<void>;
  readonly sandboxes: SandboxProvider;
  /** What the operator sets for the network of sandboxes. */
  readonly network: Pick<EgressOptions, "privateHosts" | "lookup">;
  readonly secrets: OperatorSecrets;
  /** Minutes that commands for one account may run within 24 hours; null: as many as there are. */
  readonly quotaMinutes: number | null;
  /** How people reach the bot's pages; without a slash at its end. */
  readonly publicUrl: string;
  /** What set-ups left on this host. */
  readonly snapshots: Snapshots;
  readonly meter: SnapshotMeter;
  /** What is known of repositories' code. */
  readonly code: CodeIndexes;
  /** Mirrors and workspaces live below it. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: RunSettings;
}
