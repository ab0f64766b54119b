import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock, type Clock } from "../../../src/clock.ts";
import { faultOf } from "./admin.ts";
import { Faults, type FaultMode } from "./faults.ts";
import { RequestLog, type LoggedRequest } from "./request-log.ts";
import { RateCounters } from "./rest/rate-limit.ts";
import { validateDelivery } from "./schemas/validate.ts";
import { createGitHubServer } from "./server.ts";
import { Snapshots } from "./snapshots.ts";
import { GitHub, type Violation } from "./state/github.ts";
import { DeliveryEngine } from "./webhooks/engine.ts";

export interface LocalGitHubOptions {
  /** 0, the default: any free one. */
  port?: number;
  host?: string;
  /** Where state and git repositories live and survive; by default a folder that `close` removes. */
  dataDir?: string;
  /** Hold everything against GitHub's own description; true by default. */
  strict?: boolean;
  clock?: Clock;
  /** Milliseconds that a webhook receiver has; GitHub's ten seconds by default. */
  deliveryTimeoutMs?: number;
}

/** A running local GitHub. */
export interface LocalGitHub {
  /** Root for browsers, git and the API, without a slash at the end. */
  readonly url: string;
  readonly github: GitHub;
  /** Makes the next requests of a route fail. `seconds` is what limits ask to wait (60) and how long a lag lasts (1). */
  failNext(route: string, mode: FaultMode, times?: number, seconds?: number): void;
  /** Faults that nobody ran into. */
  faultsLeft(): string[];
  log(): LoggedRequest[];
  /** Everything that GitHub's description does not allow, and unknown routes. */
  violations(): Violation[];
  /** All requests answered, and all webhook deliveries answered or given up. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a local GitHub on loopback and resolves when it listens. Rejects when the port is taken or the folder cannot be used. */
export async function startGitHub(options: LocalGitHubOptions = {}): Promise<LocalGitHub> {
  const { host = "127.0.0.1", port = 0, strict = true } = options;
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "local-github-")));
  await mkdir(join(dataDir, "git"), { recursive: true });
  const github = new GitHub({ dataDir, clock: options.clock ?? systemClock });
  await github.load();
  const snapshots = new Snapshots(github, options.dataDir !== undefined);
  const engine = new DeliveryEngine(github, {
    ...(options.deliveryTimeoutMs !== undefined && { timeoutMs: options.deliveryTimeoutMs }),
    ...(strict && { validate: validateDelivery }),
    changed: () => snapshots.soon(),
  });
  const faults = new Faults();
  const log = new RequestLog();
  const services = { github, faults, log, engine, strict, rates: new RateCounters(), changed: () => snapshots.soon() };
  const server = createGitHubServer(services);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the local GitHub listens on no port");
  github.url = `http://${host}:${address.port}`;
  return {
    url: github.url,
    github,
    failNext: (route, mode, times, seconds) => faults.add(faultOf(route, mode, times, seconds)),
    faultsLeft: () => faults.left().map((fault) => `${fault.route} ${fault.mode}`),
    log: () => log.entries(),
    violations: () => [...github.violations],
    settled: () => engine.settled(),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await engine.close();
      await snapshots.close();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}
