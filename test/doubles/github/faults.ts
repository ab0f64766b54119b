export const faultModes = [
  "500",
  "502",
  "409",
  "422",
  "404",
  "secondary403",
  "secondary429",
  "primary",
  "reset-before-commit",
  "reset-after-commit",
  "hang",
  "lag-after-write",
] as const;
/**
 * How the next request fails. `reset-*` cut the connection before or after the change was made, `hang` never answers,
 * `lag-after-write` makes the change, but for a while reads still show what was before.
 */
export type FaultMode = (typeof faultModes)[number];

export interface Fault {
  /** `METHOD /pattern`, `POST /graphql`, or `POST /graphql fieldName` for queries that use the field. */
  route: string;
  mode: FaultMode;
  times: number;
  /** What `secondary*` and `primary` ask the client to wait, and how long `lag-after-write` lasts. */
  seconds: number;
}

/** Faults as state: each waits for its route and is used up by the requests that it hits. */
export class Faults {
  readonly #waiting: Fault[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ ...fault });
  }

  /** The fault that hits a request, used up once; `text` is the GraphQL query when there is one. */
  take(route: string, text = ""): Fault | null {
    const found = this.#waiting.find((fault) => fault.times > 0 && hits(fault.route, route, text));
    if (!found) return null;
    found.times -= 1;
    return found;
  }

  /** Faults that nobody has run into yet. */
  left(): Fault[] {
    return this.#waiting.filter((fault) => fault.times > 0);
  }

  clear(): void {
    this.#waiting.length = 0;
  }
}

export function isFaultMode(text: unknown): text is FaultMode {
  return faultModes.some((mode) => mode === text);
}

function hits(wanted: string, route: string, text: string): boolean {
  if (wanted === route) return true;
  const [method, path, field] = wanted.split(" ");
  return field !== undefined && route === `${method} ${path}` && text.split(/\W+/).includes(field);
}
