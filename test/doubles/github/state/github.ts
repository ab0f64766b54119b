import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../../../src/clock.ts";
import { BareRepository } from "../git/bare-repository.ts";
import { emptyAccounts, type Account, type AccountsState } from "./accounts.ts";
import { emptyApps, type AppsState, type Delivery } from "./apps.ts";
import { emptyChecks, type ChecksState } from "./checks.ts";
import { emptyIssues, type IssuesState } from "./issues.ts";
import { nodeId, type NodeKind } from "./node-id.ts";
import { emptyPulls, type PullsState } from "./pulls.ts";
import { emptyRepositories, type RepositoriesState, type Repository } from "./repositories.ts";
import { emptyStatuses, type StatusesState } from "./statuses.ts";

/** Everything the local GitHub remembers besides git objects: plain JSON, one slice per entity file. */
export interface State
  extends AccountsState, RepositoriesState, AppsState, IssuesState, PullsState, ChecksState, StatusesState {
  lastId: number;
}

/** Something that happened, as apps hear of it. `payload` lacks what is the same in every event: the delivery engine adds repository, organization, sender and installation. */
export interface WebhookEvent {
  event: string;
  action: string | null;
  repository: Repository | null;
  sender: Account;
  payload: Record<string, unknown>;
  /** Only this app hears of it (`installation.*`, `check_run.rerequested`, …). */
  onlyApp?: number;
  /** The installation meant, for events without a repository. */
  installationId?: number;
}

/** A request or an answer that GitHub's own description does not allow. */
export interface Violation {
  kind: "request" | "response" | "delivery" | "unknown-route";
  where: string;
  problems: string[];
}

export interface GitHubOptions {
  dataDir: string;
  clock: Clock;
}

/** The whole local GitHub as a value: state, git repositories, time, ids, and what waits to be delivered. */
export class GitHub {
  readonly dataDir: string;
  readonly clock: Clock;
  /** Root of the server without a slash at the end; set once it listens. */
  url = "";
  state: State = {
    lastId: 1000,
    ...emptyAccounts(),
    ...emptyRepositories(),
    ...emptyApps(),
    ...emptyIssues(),
    ...emptyPulls(),
    ...emptyChecks(),
    ...emptyStatuses(),
  };
  readonly violations: Violation[] = [];
  /** Set by the delivery engine; until then events are kept nowhere. */
  onEvent: (event: WebhookEvent) => void = () => undefined;

  /** Set by the delivery engine: sends a logged delivery once more. */
  redeliver: (delivery: Delivery) => void = () => undefined;

  #lag: { state: State; until: number } | null = null;

  constructor(options: GitHubOptions) {
    this.dataDir = options.dataDir;
    this.clock = options.clock;
  }

  /** Root of all `url` fields of API objects. */
  get apiUrl(): string {
    return `${this.url}/api/v3`;
  }

  now(): Date {
    return this.clock.now();
  }

  /** The time now as GitHub writes it: UTC, whole seconds. */
  timestamp(): string {
    return this.now()
      .toISOString()
      .replace(/\.\d{3}Z$/, "Z");
  }

  /** A number that no other object has or had. */
  nextId(): number {
    this.state.lastId += 1;
    return this.state.lastId;
  }

  /** The number of the next issue or pull of a repository; they share one series. */
  nextNumber(repository: Repository): number {
    repository.lastNumber += 1;
    return repository.lastNumber;
  }

  /** The global node id of an object; `parseNodeId` reads it back. */
  nodeId(kind: NodeKind, id: number | string): string {
    return nodeId(kind, id);
  }

  /** The git repository behind a repository; its folder is named by id, so that renaming moves nothing. */
  git(repository: { id: number }): BareRepository {
    return BareRepository.open(this.gitDir(repository));
  }

  gitDir(repository: { id: number }): string {
    return join(this.dataDir, "git", `${repository.id}.git`);
  }

  /** Hands an event to the delivery engine. It is serialised now and sent after the answer of the request that caused it. */
  emit(event: WebhookEvent): void {
    this.onEvent(event);
  }

  /** From now, for a while, reads show the state as it is at this moment: the read-after-write lag of a replicated service. Git is not affected. */
  startLag(seconds: number): void {
    this.#lag = { state: structuredClone(this.state), until: this.now().getTime() + seconds * 1000 };
  }

  /** The GitHub that a request of this method sees: itself, or for reads during a lag one that shows the past. */
  asSeenBy(method: string): GitHub {
    if (this.#lag && this.#lag.until <= this.now().getTime()) this.#lag = null;
    if (!this.#lag || method === "POST" || method === "PUT" || method === "PATCH" || method === "DELETE") return this;
    return Object.create(this, { state: { value: this.#lag.state } }) as GitHub;
  }

  /** Writes the state into the data folder, whole or not at all. */
  async save(): Promise<void> {
    const file = join(this.dataDir, "state.json");
    const half = `${file}.${process.pid}.tmp`;
    await writeFile(half, JSON.stringify(this.state));
    await rename(half, file);
  }

  /** Reads the state of an earlier run; keeps the empty one when there is none. */
  async load(): Promise<void> {
    let text: string;
    try {
      text = await readFile(join(this.dataDir, "state.json"), "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
      throw error;
    }
    this.state = { ...this.state, ...(JSON.parse(text) as Partial<State>) };
  }
}
