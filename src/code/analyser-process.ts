/** A process that analyses, as who started it sees it: what it is told, and what comes back or does not. */
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { FromAnalyser, ToAnalyser } from "./analyser-lines.ts";

/** A started `analyser-child.ts`, wherever it runs. */
export interface AnalyserProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  kill(): void;
  readonly ended: Promise<unknown>;
}

export interface OpenAnalyser {
  readonly process: AnalyserProcess;
  readonly lines: AsyncIterator<string>;
  /** Analysed by it so far. */
  files: number;
  /** The version of the repository's rules that it was told last. */
  rules: string;
}

export function openAnalyser(process: AnalyserProcess): OpenAnalyser {
  // What it could not take any more is told by its end.
  process.stdin.on("error", () => undefined);
  const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  return { process, lines, files: 0, rules: "" };
}

export function tell({ process }: OpenAnalyser, said: ToAnalyser): void {
  process.stdin.write(`${JSON.stringify(said)}\n`);
}

export type Answer =
  | { readonly end: "answered"; readonly said: Exclude<FromAnalyser, { say: "rule" }> }
  /** Why is the end of a sentence; the rule of the repository that was at work, if one was. */
  | { readonly end: "lost"; readonly why: string; readonly rule: string | null };

/**
 * The next answer of a process, or that none will come.
 * @param times for all that comes before rules of the repository, and for each of those, in ms
 * @throws when the signal says so
 */
export async function answerOf(
  { lines }: OpenAnalyser,
  times: { readonly file: number; readonly rule: number },
  signal?: AbortSignal,
): Promise<Answer> {
  for (let rule: string | null = null; ;) {
    const line: string | typeof late | null = await lineOf(lines, rule === null ? times.file : times.rule, signal);
    if (line === late)
      return { end: "lost", why: `it took longer than ${(rule === null ? times.file : times.rule) / 1_000} s`, rule };
    if (line === null) return { end: "lost", why: rule === null ? "its parser crashed" : "its query crashed", rule };
    const said = JSON.parse(line) as FromAnalyser;
    if (said.say !== "rule") return { end: "answered", said };
    rule = said.rule;
  }
}

/** No line in time. */
const late = Symbol("late");

/** Null for none any more. */
async function lineOf(
  lines: AsyncIterator<string>,
  ms: number,
  signal?: AbortSignal,
): Promise<string | typeof late | null> {
  signal?.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  let stop: (() => void) | undefined;
  const waited = new Promise<typeof late>((resolve, reject) => {
    timer = setTimeout(() => resolve(late), ms);
    stop = () => reject(signal?.reason as Error);
    signal?.addEventListener("abort", stop, { once: true });
  });
  const next = lines.next().then(({ done, value }) => (done === true ? null : value));
  try {
    return await Promise.race([next, waited]);
  } finally {
    clearTimeout(timer);
    if (stop !== undefined) signal?.removeEventListener("abort", stop);
  }
}
