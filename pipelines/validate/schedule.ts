/** Which parts of a validation run when: side by side as far as there is room, and none before what it needs. Knows nothing of commands. */

export interface Part {
  readonly name: string;
  /** Names of other parts; those that are not there are waited for by nobody. */
  readonly needs: readonly string[];
}

export interface Schedule<P extends Part> {
  /** In the order in which they are preferred. */
  readonly parts: readonly P[];
  /** How many run at the same time, at least 1. */
  readonly atOnce: number;
  /** @returns whether what needs it may run */
  readonly run: (part: P) => Promise<boolean>;
  /** Called instead of `run`, with the part that failed in the first place. */
  readonly drop: (part: P, because: string) => Promise<void>;
}

/**
 * Runs or drops every part once. When one of them throws, no further one begins, those that run come to their end, and the first error is
 * thrown: what is finished by then need not be done again.
 */
export async function runSchedule<P extends Part>({ parts, atOnce, run, drop }: Schedule<P>): Promise<void> {
  const names = new Set(parts.map(({ name }) => name));
  /** For each part that has ended: the one that failed in the first place, or null when it passed. */
  const ended = new Map<string, string | null>();
  const running = new Map<string, Promise<void>>();
  const errors: unknown[] = [];
  const begin = (part: P, work: () => Promise<string | null>) => {
    const done = work().then(
      (failed) => void ended.set(part.name, failed),
      (error: unknown) => void errors.push(error),
    );
    running.set(
      part.name,
      done.finally(() => running.delete(part.name)),
    );
  };
  const waiting = new Set(parts);
  for (;;) {
    if (errors.length === 0)
      for (const part of waiting) {
        const needs = part.needs.filter((name) => names.has(name));
        const failed = needs.map((name) => ended.get(name)).find((name) => typeof name === "string");
        const isDue = needs.every((name) => ended.has(name)) && running.size < atOnce;
        if (!isDue && failed === undefined) continue;
        waiting.delete(part);
        begin(part, async () => {
          if (failed === undefined) return (await run(part)) ? null : part.name;
          await drop(part, failed);
          return failed;
        });
      }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  if (errors.length > 0) throw errors[0];
  if (waiting.size > 0)
    throw new Error(`nothing can begin that these need: ${[...waiting].map(({ name }) => name).join(", ")}`);
}

/** The parts that begin at once, for which nobody has to wait. */
export function firstParts<P extends Part>(parts: readonly P[], atOnce: number): readonly P[] {
  const names = new Set(parts.map(({ name }) => name));
  return parts.filter(({ needs }) => !needs.some((name) => names.has(name))).slice(0, atOnce);
}

/** The wanted parts and, of all, those that they need, in the order of `all`. */
export function withNeeds<P extends Part>(wanted: readonly P[], all: readonly P[]): readonly P[] {
  const found = new Set(wanted.map(({ name }) => name));
  // A set that grows while it is walked shows what is added as well.
  for (const name of found) for (const need of all.find((part) => part.name === name)?.needs ?? []) found.add(need);
  return all.filter(({ name }) => found.has(name));
}

/** The parts with none before what it needs, otherwise in their order. */
export function inOrder<P extends Part>(parts: readonly P[]): readonly P[] {
  const ordered: P[] = [];
  const place = (part: P) => {
    if (ordered.includes(part)) return;
    for (const need of part.needs) {
      const needed = parts.find(({ name }) => name === need);
      if (needed !== undefined) place(needed);
    }
    ordered.push(part);
  };
  for (const part of parts) place(part);
  return ordered;
}
