/** What the page of a run shows, read from the store. */
import { isFinal } from "../../../src/domain/run.ts";
import { linesOf, readTail, type ReadChunks, type StoredLine } from "../../../src/logs/read-lines.ts";
import type { LogFile, LogReport, Run, StepRecord, Store, StoredLog } from "../../../src/store/port.ts";

export type PageStore = {
  readonly runs: Pick<Store["runs"], "get">;
  readonly steps: Pick<Store["steps"], "list">;
  readonly logs: Pick<Store["logs"], "of" | "reports" | "chunks" | "upToLine" | "since" | "newest" | "files" | "file">;
};

export interface PageLog {
  readonly log: StoredLog;
  /** Its end, as far as it is shown; null where the page has no room for it. */
  readonly lines: readonly StoredLine[] | null;
  /** Nothing stands before the first line. */
  readonly whole: boolean;
  readonly report: LogReport | null;
  readonly files: readonly LogFile[];
}

export interface RunPage {
  readonly run: Run;
  readonly ended: boolean;
  readonly steps: readonly StepRecord[];
  readonly logs: readonly PageLog[];
  /** The newest chunk that is shown. */
  readonly seq: number;
}

/** Of one log, and of all of a page together: more makes browsers slow. */
const most = { log: { lines: 1_000, characters: 300_000 }, page: { lines: 6_000, characters: 1_500_000 } };

/** @returns null when there is no such run */
export async function readRunPage(store: PageStore, runId: string): Promise<RunPage | null> {
  const run = await store.runs.get(runId);
  if (run === null) return null;
  // Before the lines: what comes while they are read is sent again rather than missed.
  const seq = await store.logs.newest(runId);
  const [steps, logs, reports, files] = await Promise.all([
    store.steps.list(runId),
    store.logs.of(runId),
    store.logs.reports(runId),
    store.logs.files(runId),
  ]);
  const left = { ...most.page };
  const shown = new Map<number, PageLog>();
  for (const log of byInterest(logs)) {
    const room = {
      lines: Math.min(left.lines, most.log.lines),
      characters: Math.min(left.characters, most.log.characters),
    };
    const tail = room.lines > 0 && room.characters > 0 ? await readTail(chunksOf(store, log.id), room) : null;
    for (const { text } of tail?.lines ?? []) left.characters -= text.length;
    left.lines -= tail?.lines.length ?? 0;
    shown.set(log.id, {
      log,
      lines: tail?.lines ?? null,
      whole: tail?.whole ?? false,
      report: reports.get(log.id) ?? null,
      files: files.filter(({ logId }) => logId === log.id),
    });
  }
  return { run, ended: isFinal(run.state), steps, logs: logs.flatMap(({ id }) => shown.get(id) ?? []), seq };
}

/** What goes on and what failed has the first claim on the room, then what is newest. */
function byInterest(logs: readonly StoredLog[]): readonly StoredLog[] {
  const dull = (log: StoredLog): number => (log.end === null || log.code !== 0 ? 0 : 1);
  return logs.toSorted((one, other) => dull(one) - dull(other) || other.id - one.id);
}

export function chunksOf(store: PageStore, logId: number): ReadChunks {
  return (range) => store.logs.chunks(logId, range);
}

/** What has changed on the page since a chunk: whole lines, from the one on which the first new chunk begins. */
export interface RunChanges {
  readonly run: Run;
  readonly ended: boolean;
  readonly steps: readonly StepRecord[];
  readonly logs: readonly { readonly log: StoredLog; readonly lines: readonly StoredLine[] }[];
  readonly seq: number;
  /** There is more already. */
  readonly more: boolean;
}

const chunksAtOnce = 32;

/** @returns null when there is no such run any more */
export async function readChanges(store: PageStore, runId: string, after: number): Promise<RunChanges | null> {
  // The state first: what was printed before the end is then there.
  const run = await store.runs.get(runId);
  if (run === null) return null;
  const [steps, logs, chunks] = await Promise.all([
    store.steps.list(runId),
    store.logs.of(runId),
    store.logs.since(runId, after, chunksAtOnce),
  ]);
  const changed = await Promise.all(
    logs.map(async (log) => {
      const own = chunks.filter(({ logId }) => logId === log.id);
      const [first] = own;
      if (first === undefined) return { log, lines: [] };
      const before = await store.logs.upToLine(log.id, first.line, first.seq);
      const lines = linesOf([...before, ...own]).filter(({ number }) => number >= first.line);
      return { log, lines };
    }),
  );
  const more = chunks.length === chunksAtOnce;
  return { run, ended: isFinal(run.state) && !more, steps, logs: changed, seq: chunks.at(-1)?.seq ?? after, more };
}
