/**
 * Where a process of the bot can be cut off: at each boundary of the journal. The decorated store tells of every boundary right
 * when it is reached, and of every run that ends, before anything else can happen.
 */
import { appendFileSync, readFileSync } from "node:fs";
import { isFinal } from "../../src/domain/run.ts";
import type { Store } from "../../src/store/port.ts";

/**
 * `done`: the step's work is done (GitHub may have changed) but the journal does not know; `kept`: the journal knows. After the
 * last step of a run comes `KIND/end`: the run has its final state, but the queue still has the job.
 */
export type Boundary = `${string}/${string} ${"done" | "kept"}`;

/** Calls `at` at each boundary, `ended` when a run got its final state. */
export function withBoundaries(
  store: Store,
  at: (boundary: Boundary, runId: string) => void,
  ended: (kind: string, state: string) => void,
): Store {
  const kinds = new Map<string, string>();
  const kindOf = async (runId: string): Promise<string> => {
    const kind = kinds.get(runId) ?? (await store.runs.get(runId))?.kind ?? "unknown";
    kinds.set(runId, kind);
    return kind;
  };
  return {
    ...store,
    steps: {
      ...store.steps,
      async finish(runId, name, result, lease) {
        const kind = await kindOf(runId);
        at(`${kind}/${name} done`, runId);
        const isKept = await store.steps.finish(runId, name, result, lease);
        if (isKept) at(`${kind}/${name} kept`, runId);
        return isKept;
      },
    },
    runs: {
      ...store.runs,
      async move(id, state, reason) {
        const moved = await store.runs.move(id, state, reason);
        if (moved && isFinal(state)) {
          const kind = await kindOf(id);
          ended(kind, state);
          at(`${kind}/end kept`, id);
        }
        return moved;
      },
    },
  };
}

export type Entry =
  | { readonly what: "killed" | "stopped"; readonly boundary: Boundary; readonly pid: number }
  | { readonly what: "ended"; readonly kind: string; readonly state: string };

/** What the processes of one test did, in one file that outlives each of them. */
export function openDiary(file: string): { write(entry: Entry): void; read(): Entry[] } {
  return {
    write: (entry) => appendFileSync(file, `${JSON.stringify(entry)}\n`),
    read: () =>
      readFileSync(file, { encoding: "utf8", flag: "a+" })
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Entry),
  };
}
