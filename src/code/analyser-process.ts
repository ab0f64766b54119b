/** A process that analyses, as who started it sees it: what it is told, and what comes back or does not. */
import type { Readable, Writable } from "node:stream";
import { betweenParts, type FromAnalyser, type ToAnalyser } from "./analyser-lines.ts";
import { linesOf } from "./lines-of.ts";
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
  readonly lines: AsyncGenerator<string, void, undefined>;
  /** Analysed by it so far. */
  files: number;
  /** The version of the repository's rules that it was told last. */
  rules: string;
}

export function openAnalyser(process: AnalyserProcess): OpenAnalyser {
  // What it could not take any more is told by its end.
  process.stdin.on("error", () => undefined);
  return { process, lines: linesOf(process.stdout), files: 0, rules: "" };
}

/** Ends it; what it has said and nobody read is dropped, since its end would wait for that. */
export async function endAnalyser({ process, lines }: OpenAnalyser): Promise<void> {
  process.kill();
  // A line that is still waited for ends with the process.
  void lines.return().catch(() => undefined);
  await process.ended;
}

/** @param content of the file that it is told of */
export function tell({ process }: OpenAnalyser, said: ToAnalyser, content?: Uint8Array): void {
  const line = `${JSON.stringify(said)}\n`;
  process.stdin.write(content === undefined ? line : Buffer.concat([Buffer.from(line), content]));
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
    const [first = "", links, analysis] = line.split(betweenParts);
    const said = read(first);
    if (said?.say === "faults") return { end: "checked", faults: said.faults };
    if (said?.say === "rule") rule = said.rule;
    else if (said?.say !== "analysis" || links === undefined || analysis === undefined) return lost(null, ms, rule);
    else return { end: "analysed", written: { links, analysis, blocks: said.blocks, isPassing: said.isPassing } };
  }
}

/** Null for what no analyser says: hostile content may have got hold of the process. */
function read(line: string): FromAnalyser | null {
  try {
    return JSON.parse(line) as FromAnalyser;
  } catch {
    return null;
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
  const next = lines.next().then(
    ({ done, value }) => (done === true ? null : value),
    () => null,
  );
  try {
    return await Promise.race([next, waited]);
  } finally {
    clearTimeout(timer);
    if (stop !== undefined) signal?.removeEventListener("abort", stop);
  }
}
