/** What a command of a run prints goes into the store while it prints, for the page of the run. */
import { messageOf } from "../src/errors.ts";
import type { Log } from "../src/log.ts";
import { createLogText } from "../src/logs/log-text.ts";
import type { Redactor } from "../src/redact.ts";
import type { ExecResult, SandboxCommand } from "../src/sandbox/port.ts";
import type { LogReport, LogStore } from "../src/store/port.ts";
import type { Workbench } from "./workbench.ts";

export interface RunLog {
  /** Takes output as it comes, wherever it is cut. Neither waits nor throws: the command matters more than its log. */
  write(piece: string): void;
  /** Keeps a file that the command wrote, redacted as well. Of too many the first ones are kept. */
  keepFile(path: string, text: string): Promise<void>;
  /** Writes what is left. `report` is what was understood of it. The first time counts; never throws. */
  close(ended: { end: string; code: number | null; report?: LogReport }): Promise<void>;
}

export interface LogWriterDeps {
  readonly store: { readonly logs: Pick<LogStore, "open" | "append" | "end" | "keepFile"> };
  readonly redactor: Pick<Redactor, "redact" | "stream">;
  readonly log: Log;
}

export interface LogRequest {
  readonly runId: string;
  /** What prints: the name of a command, `setup`. */
  readonly name: string;
  /** The line that is run. */
  readonly command: string;
  /** Characters kept: the first half as they come, of the rest the last half, when it has ended. */
  readonly limit: number;
}

const flushEveryMs = 250;
const longestChunk = 64 * 1024;
const longestCommand = 4_000;
/** Characters of all files of one log. */
const mostOfFiles = 4 * 1024 ** 2;

/**
 * Begins a log. A step that is done again after a crash begins another one, and the one before counts as interrupted.
 * @throws when the store is away
 */
export async function openLog({ store, redactor, log }: LogWriterDeps, request: LogRequest): Promise<RunLog> {
  const { runId, name, limit } = request;
  const command = redactor.redact(request.command).slice(0, longestCommand).toWellFormed();
  const opened = await store.logs.open(runId, name, command);
  const redacting = redactor.stream({ colours: true });
  const text = createLogText();
  const kept = createKept(limit);
  let lost = false;
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> = Promise.resolve();

  const flush = async (): Promise<void> => {
    const chunks = kept.take();
    if (chunks.length === 0 || lost) return;
    try {
      lost = !(await store.logs.append(opened, chunks));
    } catch (error) {
      kept.putBack(chunks);
      log.warn({ run: runId, error: messageOf(error) }, "a part of a log could not be kept yet");
    }
  };
  const flushInTime = async (): Promise<void> => {
    await flush();
    timer = undefined;
    if (kept.waits()) schedule();
  };
  const schedule = (): void => {
    timer ??= setTimeout(() => {
      flushing = flushInTime();
    }, flushEveryMs);
  };
  let closed: Promise<void> | undefined;
  const end: RunLog["close"] = async (ended) => {
    kept.add(text.push(redacting.end()) + text.end());
    clearTimeout(timer);
    await flushing;
    clearTimeout(timer);
    kept.finish();
    await flush();
    if (kept.waits()) log.error({ run: runId }, "the end of a log is lost");
    await tried(() => store.logs.end(opened.id, ended), "the end of a log could not be noted");
  };
  const tried = (work: () => Promise<void>, fault: string): Promise<void> =>
    work().catch((error: unknown) => log.error({ run: runId, error: messageOf(error) }, fault));
  let room = mostOfFiles;
  return {
    write(piece) {
      if (lost || closed !== undefined) return;
      kept.add(text.push(redacting.push(piece)));
      if (kept.waits()) schedule();
    },
    async keepFile(path, content) {
      room -= content.length;
      if (room < 0) return;
      const file = { path: redactor.redact(path), text: redactor.redact(content) };
      await tried(() => store.logs.keepFile(opened.id, file), "a file of a command could not be kept");
    },
    close: (ended) => (closed ??= end(ended)),
  };
}

/** A log around some work. When the work throws before it has closed the log, that is interrupted. */
export async function withLog<T>(
  deps: LogWriterDeps,
  request: LogRequest,
  work: (log: RunLog) => Promise<T>,
): Promise<T> {
  const log = await openLog(deps, request);
  try {
    return await work(log);
  } finally {
    await log.close({ end: "interrupted", code: null });
  }
}

/** Runs a command with its log. */
export function executeLogged(
  deps: LogWriterDeps,
  bench: Pick<Workbench, "execute">,
  request: Omit<LogRequest, "command">,
  command: SandboxCommand & { readonly run: string },
): Promise<ExecResult> {
  return withLog(deps, { ...request, command: command.run }, async (log) => {
    const onOutput = (piece: string): void => {
      command.onOutput?.(piece);
      log.write(piece);
    };
    const result = await bench.execute({ ...command, onOutput });
    await log.close(result);
    return result;
  });
}

interface Chunk {
  readonly line: number;
  readonly text: string;
}

/** The head of a text as it comes, and its tail in the end; knows on which line each part begins. */
function createKept(limit: number) {
  let head = 0;
  let line = 1;
  let waiting: Chunk[] = [];
  let tail: string[] = [];
  let tailLength = 0;
  let dropped = { characters: 0, lines: 0 };
  const append = (text: string): void => {
    const last = waiting.at(-1);
    if (last !== undefined && last.text.length + text.length <= longestChunk)
      waiting[waiting.length - 1] = { line: last.line, text: last.text + text };
    else waiting.push({ line, text });
    line += linesIn(text);
  };
  const drop = (text: string): void => {
    dropped = { characters: dropped.characters + text.length, lines: dropped.lines + linesIn(text) };
  };
  return {
    // Pieces are kept or dropped whole, so that no colour is cut in two.
    add(text: string): void {
      if (text === "") return;
      if (head < limit / 2) {
        head += text.length;
        append(text);
        return;
      }
      tail.push(text);
      tailLength += text.length;
      let first = 0;
      for (let next = tail[0]; next !== undefined && tailLength - next.length >= limit / 2; next = tail[first]) {
        drop(next);
        tailLength -= next.length;
        first += 1;
      }
      if (first > 0) tail = tail.slice(first);
    },
    finish(): void {
      let rest = tail.join("");
      tail = [];
      if (dropped.characters > 0) {
        const whole = rest.indexOf("\n") + 1;
        drop(rest.slice(0, whole));
        rest = rest.slice(whole);
        append(`[${dropped.characters} characters left out]${dropped.lines > 0 ? "\n" : ""}`);
        line += Math.max(0, dropped.lines - 1);
        waiting.push({ line, text: "" });
      }
      if (rest !== "") append(rest);
    },
    /** What waits to be stored. */
    take(): readonly Chunk[] {
      const chunks = waiting;
      waiting = [];
      return chunks;
    },
    putBack(chunks: readonly Chunk[]): void {
      waiting = [...chunks, ...waiting];
    },
    waits: () => waiting.length > 0,
  };
}

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines;
}
