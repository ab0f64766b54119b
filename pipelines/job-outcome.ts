import { Cancelled, LeaseLost, messageOf, RateLimited, UserError } from "../src/errors.ts";

/** Text that `signal.reason` holds when the process is asked to end. */
export const shutdown = "shutdown";

/** The stopping worker may have one look into the queue under way, which must not find what it has just handed back. */
const handBackDelayMs = 100;

/** What becomes of a job after its processor came back, and how the log tells it. */
export interface Judgement {
  readonly outcome:
    | "succeeded"
    | "refused"
    | "cancelled"
    | "superseded"
    | "put-back"
    | "handed-back"
    | "lease-lost"
    | "retried"
    | "failed"
    | "dead";
  readonly level: "info" | "warn" | "error";
  readonly action:
    | { kind: "finish" }
    | { kind: "later"; delayMs: number }
    /** `dead` is not tried again. */
    | { kind: "fail" | "dead"; reason: string };
  /** More fields for the log line. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Circumstances {
  /** The job's signal; its reason goes before whatever error came of it. */
  readonly signal: AbortSignal;
  readonly lastAttempt: boolean;
  /** Since the job was added. */
  readonly ageMs: number;
  readonly maxWaitMs: number;
}

export const succeeded: Judgement = { outcome: "succeeded", level: "info", action: { kind: "finish" }, detail: {} };

/** Judges what a processor threw. Putting back never uses up an attempt; an error that retrying cannot mend is not retried. */
export function judge(error: unknown, circumstances: Circumstances): Judgement {
  const { signal, lastAttempt } = circumstances;
  const reason = messageOf(error);
  if (error instanceof UserError)
    return { outcome: "refused", level: "info", action: { kind: "finish" }, detail: { reason } };
  if (error instanceof Cancelled)
    return { outcome: error.reason, level: "info", action: { kind: "finish" }, detail: { reason } };
  if (signal.aborted && signal.reason === shutdown)
    return { outcome: "handed-back", level: "info", action: { kind: "later", delayMs: handBackDelayMs }, detail: {} };
  // Whoever took the lease may be this very job on another worker: then the queue refuses our put-back, and that is right.
  if (error instanceof LeaseLost || signal.reason instanceof LeaseLost)
    return { outcome: "lease-lost", level: "warn", action: { kind: "later", delayMs: 2_000 }, detail: { reason } };
  if (error instanceof RateLimited) return putBack(reason, error.retryAfterMs, "info", circumstances);
  return {
    outcome: lastAttempt ? "failed" : "retried",
    level: lastAttempt ? "error" : "warn",
    action: { kind: lastAttempt ? "dead" : "fail", reason },
    detail: { reason, stack: error instanceof Error ? error.stack : undefined },
  };
}

/** A job that cannot be done now. One that has been put back for too long is dead, so that nothing waits for ever. */
export function putBack(
  reason: string,
  delayMs: number,
  level: "info" | "warn",
  circumstances: Pick<Circumstances, "ageMs" | "maxWaitMs">,
): Judgement {
  if (circumstances.ageMs > circumstances.maxWaitMs) {
    const hours = Math.round(circumstances.ageMs / 360_000) / 10;
    const told = `waited ${hours} h in vain: ${reason}`;
    return { outcome: "dead", level: "error", action: { kind: "dead", reason: told }, detail: { reason: told } };
  }
  return { outcome: "put-back", level, action: { kind: "later", delayMs }, detail: { reason, delayMs } };
}
