import type { Faults } from "./faults.ts";
import type { RequestLog } from "./request-log.ts";
import type { GitHub } from "./state/github.ts";
import type { RateCounters } from "./rest/rate-limit.ts";
import type { DeliveryEngine } from "./webhooks/engine.ts";

/** What the doors of the server share. */
export interface Services {
  github: GitHub;
  faults: Faults;
  log: RequestLog;
  engine: DeliveryEngine;
  rates: RateCounters;
  /** Hold requests and answers against GitHub's description. */
  strict: boolean;
  /** Writes the state to disk soon, when it is kept there. */
  changed: () => void;
}
