/** The text is for the person who asked; it is not retried and is no alarm. */
export class UserError extends Error {
  override readonly name = "UserError";
}

/** Something outside failed in a way that may pass; retried by the job's policy, told to the person on the last attempt only. */
export class TransientError extends Error {
  override readonly name: string = "TransientError";
}

/** GitHub (or a model) asks us to wait. The job is put back into the queue for `retryAfterMs`; nobody sleeps in a worker. */
export class RateLimited extends TransientError {
  override readonly name = "RateLimited";
  readonly retryAfterMs: number;
  constructor(message: string, retryAfterMs: number, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Our lease on the run has passed to somebody else: stop at once, write nothing. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

/** The run was cancelled, or a newer one took its place. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
  readonly reason: "cancelled" | "superseded";
  constructor(reason: "cancelled" | "superseded", message: string) {
    super(message);
    this.reason = reason;
  }
}

/** A start-up problem: what is wrong, where, what to do. The process prints it and exits 1, without a stack. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
