/** One request as the local GitHub saw it. */
export interface LoggedRequest {
  time: string;
  method: string;
  path: string;
  /** `METHOD /pattern`, or `null` when it is no route of the API. */
  route: string | null;
  actor: string;
  status: number;
  /** Milliseconds. */
  duration: number;
  /** The fault that hit it. */
  fault: string | null;
}

const kept = 10_000;

/** The last requests, oldest first. */
export class RequestLog {
  readonly #entries: LoggedRequest[] = [];

  add(entry: LoggedRequest): void {
    this.#entries.push(entry);
    if (this.#entries.length > kept) this.#entries.shift();
  }

  entries(): LoggedRequest[] {
    return [...this.#entries];
  }
}
