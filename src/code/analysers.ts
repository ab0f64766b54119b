/** Processes that analyse files: some at a time, each replaced when it dies, hangs, or has grown. */
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { FileAnalysis } from "./facts.ts";
import type { Language } from "./syntax/languages.ts";

export interface CodeFile {
  readonly language: Language;
  readonly content: Uint8Array;
}

/** A started `analyser-child.ts`, wherever it runs. */
export interface AnalyserProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  kill(): void;
  readonly ended: Promise<unknown>;
}

export interface AnalysersOptions {
  /** Starts one process. */
  start(): Promise<AnalyserProcess>;
  /** How many at once. */
  readonly processes: number;
  /** For one file; default 10,000. */
  readonly timeoutMs?: number;
  /** Files after which a process is replaced, since native memory grows; default 5,000. */
  readonly recycleAfter?: number;
}

export interface Analysers {
  /**
   * Analyses files, as many at once as there are processes. A file at which a process hangs or dies is left out, with the reason; the rest is done.
   * @returns in the order of the files
   * @throws when no process can be started, or the signal says so
   */
  analyse(files: readonly CodeFile[], signal?: AbortSignal): Promise<readonly FileAnalysis[]>;
  close(): Promise<void>;
}

interface Worker {
  readonly process: AnalyserProcess;
  readonly lines: AsyncIterator<string>;
  files: number;
}

/** Files that are sent ahead, so that a process never waits for the next one. */
const ahead = 8;

export function createAnalysers(options: AnalysersOptions): Analysers {
  const { processes, timeoutMs = 10_000, recycleAfter = 5_000 } = options;
  const idle: Worker[] = [];
  const alive = new Set<Worker>();
  let closed = false;

  const take = async (): Promise<Worker> => {
    const ready = idle.pop();
    if (ready !== undefined) return ready;
    const process = await options.start();
    // What it could not take any more is told by its end.
    process.stdin.on("error", () => undefined);
    const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
    const worker: Worker = { process, lines, files: 0 };
    alive.add(worker);
    return worker;
  };
  const drop = async (worker: Worker): Promise<void> => {
    alive.delete(worker);
    worker.process.kill();
    await worker.process.ended;
  };
  const giveBack = async (worker: Worker): Promise<void> => {
    if (closed || worker.files >= recycleAfter) await drop(worker);
    else idle.push(worker);
  };

  /** One process works through the files that are left; returns when none is. */
  const work = async (
    left: Iterator<[number, CodeFile]>,
    results: FileAnalysis[],
    signal?: AbortSignal,
  ): Promise<void> => {
    const sent: [number, CodeFile][] = [];
    let again: [number, CodeFile][] = [];
    let worker: Worker | undefined;
    try {
      for (;;) {
        signal?.throwIfAborted();
        for (
          let next = nextOf(again, left);
          sent.length < ahead && next !== undefined;
          next = sent.length < ahead ? nextOf(again, left) : undefined
        ) {
          worker ??= await take();
          send(worker, next[1]);
          sent.push(next);
        }
        const [at] = sent[0] ?? [];
        if (at === undefined || worker === undefined) break;
        const answer = await answerOf(worker, timeoutMs, signal);
        if (answer.end === "answered") {
          results[at] = answer.analysis;
          worker.files += 1;
          sent.shift();
          continue;
        }
        results[at] = { end: "left out", reason: answer.reason, passing: true };
        sent.shift();
        again = [...sent.splice(0), ...again];
        await drop(worker);
        worker = undefined;
      }
    } catch (error) {
      if (worker !== undefined) await drop(worker);
      throw error;
    }
    if (worker !== undefined) await giveBack(worker);
  };

  return {
    async analyse(files, signal) {
      if (closed) throw new Error("These analysers have been closed.");
      const results: FileAnalysis[] = [];
      const left = files.entries();
      const count = Math.min(processes, Math.ceil(files.length / 4));
      await Promise.all(Array.from({ length: count }, () => work(left, results, signal)));
      return results;
    },
    async close() {
      closed = true;
      idle.length = 0;
      await Promise.all([...alive].map(drop));
    },
  };
}

function nextOf(again: [number, CodeFile][], left: Iterator<[number, CodeFile]>): [number, CodeFile] | undefined {
  const first = again.shift();
  if (first !== undefined) return first;
  const next = left.next();
  return next.done === true ? undefined : next.value;
}

function send({ process }: Worker, { language, content }: CodeFile): void {
  process.stdin.write(`${JSON.stringify({ language, content: Buffer.from(content).toString("base64") })}\n`);
}

type Answer =
  { readonly end: "answered"; readonly analysis: FileAnalysis } | { readonly end: "lost"; readonly reason: string };

async function answerOf({ lines }: Worker, timeoutMs: number, signal?: AbortSignal): Promise<Answer> {
  signal?.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  let stop: (() => void) | undefined;
  const late = new Promise<Answer>((resolve, reject) => {
    timer = setTimeout(
      () => resolve({ end: "lost", reason: `The file is not analysed: it took longer than ${timeoutMs / 1_000} s.` }),
      timeoutMs,
    );
    stop = () => reject(signal?.reason as Error);
    signal?.addEventListener("abort", stop, { once: true });
  });
  const answer = lines
    .next()
    .then(({ done, value }): Answer =>
      done === true
        ? { end: "lost", reason: "The file is not analysed: its parser crashed." }
        : { end: "answered", analysis: JSON.parse(value) as FileAnalysis },
    );
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
    if (stop !== undefined) signal?.removeEventListener("abort", stop);
  }
}
