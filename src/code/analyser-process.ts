/** A process that analyses, as who started it sees it: what it is told, and what comes back or does not. */
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { FromAnalyser, ToAnalyser } from "./analyser-lines.ts";
import type { OwnRuleFault } from "./rules/own/check-own-rule.ts";
import type { WrittenAnalysis } from "./written-analysis.ts";

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
  | { readonly end: "analysed"; readonly written: WrittenAnalysis }
  | { readonly end: "checked"; readonly faults: readonly OwnRuleFault[] }
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
    const ms = rule === null ? times.file : times.rule;
    const line: Line = await lineOf(lines, ms, signal);
    if (typeof line !== "string") return lost(line, ms, rule);
    const said = JSON.parse(line) as FromAnalyser;
    if (said.say === "faults") return { end: "checked", faults: said.faults };
    if (said.say === "analysis") {
      const { blocks, isPassing } = said;
      const links: Line = await lineOf(lines, ms, signal);
      if (typeof links !== "string") return lost(links, ms, rule);
      const analysis: Line = await lineOf(lines, ms, signal);
      if (typeof analysis !== "string") return lost(analysis, ms, rule);
      return { end: "analysed", written: { links, analysis, blocks, isPassing } };
    }
    rule = said.rule;
  }
}

function lost(line: Exclude<Line, string>, ms: number, rule: string | null): Extract<Answer, { end: "lost" }> {
  const crashed = rule === null ? "its parser crashed" : "its query crashed";
  return { end: "lost", why: line === late ? `it took longer than ${ms / 1_000} s` : crashed, rule };
}

/** No line in time. */
const late = Symbol("late");
/** Null for none any more. */
type Line = string | typeof late | null;

async function lineOf(lines: AsyncIterator<string>, ms: number, signal?: AbortSignal): Promise<Line> {
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
