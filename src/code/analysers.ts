/** Processes that analyse files: some at a time, each replaced when it dies, hangs, or has grown. */
import { noOwnRules, placeInPattern, type OwnRule, type OwnRuleProblem, type OwnRules } from "../domain/own-rule.ts";
import {
  answerOf,
  endAnalyser,
  openAnalyser,
  tell,
  type AnalyserProcess,
  type OpenAnalyser,
} from "./analyser-process.ts";
import type { FileAnalysis } from "./facts.ts";
import { leftOut } from "./readable.ts";
import type { OwnRuleFault } from "./rules/own/check-own-rule.ts";
import type { Language } from "./syntax/languages.ts";
import { writeAnalysis, type WrittenAnalysis } from "./written-analysis.ts";

export interface CodeFile {
  readonly language: Language;
  readonly content: Uint8Array;
}

export interface AnalysersOptions {
  /** Starts one process. */
  start(): Promise<AnalyserProcess>;
  /** How many at once. */
  readonly processes: number;
  /** For one file; default 10,000. */
  readonly timeoutMs?: number;
  /** For one rule of the repository on one file; default 3,000. */
  readonly ruleTimeoutMs?: number;
  /** Files after which a process is replaced, since native memory grows; default 5,000. */
  readonly recycleAfter?: number;
}

/** Files that are read while those before are analysed. */
export interface ComingFiles {
  readonly files: Iterable<CodeFile> | AsyncIterable<CodeFile>;
  /** About how many there will be. */
  readonly count: number;
}

export interface AnalyseOptions {
  readonly signal?: AbortSignal;
  /** Rules of the repository that passed `check`. */
  readonly own?: OwnRules;
}

export interface Analysers {
  /**
   * Starts processes if there are none, for about so many files that will come: what is done meanwhile need not wait for them later.
   * @returns when they are started, or cannot be, which `analyse` tells
   */
  prepare(files: number): Promise<void>;
  /**
   * Analyses files, as many at once as there are processes. A file at which a process hangs or dies is left out, with the reason; the rest is done.
   * A rule of the repository at which one does is not run any more, and the file is analysed without it.
   * @param take is told each as soon as it is there, with the number of its file in the order in which they came
   * @throws when no process can be started, a file cannot be had, or the signal says so
   */
  analyse(
    coming: ComingFiles,
    take: (written: WrittenAnalysis, file: number) => void,
    options?: AnalyseOptions,
  ): Promise<void>;
  /**
   * Tries the rules that a repository brings: their patterns and their examples.
   * @returns those that can be used, and what is wrong with the others
   */
  check(own: OwnRules, signal?: AbortSignal): Promise<CheckedRules>;
  close(): Promise<void>;
}

export interface CheckedRules {
  readonly rules: OwnRules;
  readonly problems: readonly OwnRuleProblem[];
}

/** What is sent ahead, so that a process never waits for the next file, and the last ones are shared by all: two files, or more small ones. */
const ahead = { files: 16, bytes: 64 * 1024 };

/** Files for which it pays to start one more process: to start takes as long as some dozens of files. */
const worthStarting = 32;

export function createAnalysers(options: AnalysersOptions): Analysers {
  const { processes, timeoutMs = 10_000, ruleTimeoutMs = 3_000, recycleAfter = 5_000 } = options;
  const times = { file: timeoutMs, rule: ruleTimeoutMs };
  const idle: OpenAnalyser[] = [];
  const alive = new Set<OpenAnalyser>();
  /** Started before there was a file for them. */
  const prepared: Promise<OpenAnalyser>[] = [];
  let closed = false;

  const begin = async (): Promise<OpenAnalyser> => {
    const worker = openAnalyser(await options.start());
    alive.add(worker);
    return worker;
  };
  const worthIt = (files: number) => Math.min(processes, Math.ceil(files / worthStarting));
  const hire = async (): Promise<OpenAnalyser> => {
    const ready = idle.pop();
    if (ready !== undefined) return ready;
    return prepared.shift() ?? begin();
  };
  const drop = async (worker: OpenAnalyser): Promise<void> => {
    alive.delete(worker);
    await endAnalyser(worker);
  };
  const giveBack = async (worker: OpenAnalyser): Promise<void> => {
    if (closed || worker.files >= recycleAfter) await drop(worker);
    else idle.push(worker);
  };

  /** One process works through the files that are left; returns when none is. */
  const work = async (left: Left, job: Job, signal?: AbortSignal): Promise<void> => {
    const sent: NumberedFile[] = [];
    let again: NumberedFile[] = [];
    let worker: OpenAnalyser | undefined;
    try {
      for (;;) {
        signal?.throwIfAborted();
        for (let next = await nextOf(sent, again, left); next !== undefined; next = await nextOf(sent, again, left)) {
          worker ??= await hire();
          send(worker, next[1], job);
          sent.push(next);
        }
        const [first] = sent;
        if (first === undefined || worker === undefined) break;
        const [at, file] = first;
        const answer = await answerOf(worker, times, signal);
        sent.shift();
        if (answer.end !== "lost") {
          if (answer.end === "analysed") job.take(withStopped(answer.written, file, job), at);
          worker.files += 1;
          continue;
        }
        // What it was busy with when it was lost: a rule, which others can do without, or the file.
        if (answer.rule === null) job.take(writeAnalysis({ ...leftOut(answer.why), passing: true }), at);
        else job.stopped.set(answer.rule, `The rule ${answer.rule} is not run any more: ${answer.why}.`);
        again = [...(answer.rule === null ? [] : [first]), ...sent.splice(0), ...again];
        await drop(worker);
        worker = undefined;
      }
    } catch (error) {
      if (worker !== undefined) await drop(worker);
      throw error;
    }
    if (worker !== undefined) await giveBack(worker);
  };

  const faultsOf = async (rule: OwnRule, signal?: AbortSignal): Promise<readonly OwnRuleFault[]> => {
    const worker = await hire();
    try {
      tell(worker, { say: "check", rule });
      const answer = await answerOf(worker, times, signal);
      if (answer.end === "checked") {
        await giveBack(worker);
        return answer.faults;
      }
      await drop(worker);
      const why = answer.end === "lost" ? answer.why : "it was not answered";
      return [{ part: "pattern", index: 0, message: `The rule cannot be tried on its examples: ${why}.` }];
    } catch (error) {
      await drop(worker);
      throw error;
    }
  };

  return {
    async prepare(files) {
      if (closed) return;
      const started = Math.max(alive.size, prepared.length);
      for (let more = worthIt(files) - started; more > 0; more--) {
        const starting = begin();
        // Whoever takes it is told.
        starting.catch(() => undefined);
        prepared.push(starting);
      }
      await Promise.allSettled(prepared);
    },
    async analyse({ files, count }, take, { signal, own = noOwnRules } = {}) {
      if (closed) throw new Error("These analysers have been closed.");
      const job: Job = { own, take, stopped: new Map() };
      const left = numbered(files);
      const workers = Math.min(count, processes, Math.max(idle.length + prepared.length, worthIt(count)));
      const toEnd = async () => {
        try {
          await work(left, job, signal);
        } finally {
          await left.return();
        }
      };
      const all = Array.from({ length: workers }, toEnd);
      // Whatever becomes of one of them, when this is over none is at work.
      await Promise.allSettled(all);
      await Promise.all(all);
    },
    async check({ rules, version }, signal) {
      if (closed) throw new Error("These analysers have been closed.");
      const problems: OwnRuleProblem[] = [];
      const good: OwnRule[] = [];
      for (const rule of rules) {
        const faults = await faultsOf(rule, signal);
        if (faults.length === 0) good.push(rule);
        problems.push(...faults.map((fault) => problemOf(rule, fault)));
      }
      const bad = rules.filter((rule) => !good.includes(rule)).map(({ id }) => id);
      const left = good.length === 0 ? "" : [version, ...bad].join(" ");
      return { rules: { version: left, rules: good }, problems };
    },
    async close() {
      closed = true;
      idle.length = 0;
      await Promise.allSettled(prepared);
      await Promise.all([...alive].map(drop));
    },
  };
}

interface Job {
  readonly own: OwnRules;
  readonly take: (written: WrittenAnalysis, file: number) => void;
  /** Rules of the repository at which a process was lost, and why they are not run any more. */
  readonly stopped: Map<string, string>;
}

type NumberedFile = readonly [number: number, file: CodeFile];
type Left = AsyncGenerator<NumberedFile, void, undefined>;

async function* numbered(files: ComingFiles["files"]): Left {
  let number = 0;
  for await (const file of files) yield [number++, file];
}

/** The next file for a process that has been sent some; none when those are enough, or no more come. */
async function nextOf(
  sent: readonly NumberedFile[],
  again: NumberedFile[],
  left: Left,
): Promise<NumberedFile | undefined> {
  const bytes = sent.reduce((sum, [, { content }]) => sum + content.length, 0);
  if (sent.length >= ahead.files || (sent.length > 1 && bytes > ahead.bytes)) return undefined;
  const first = again.shift();
  if (first !== undefined) return first;
  const next = await left.next();
  return next.done === true ? undefined : next.value;
}

function send(worker: OpenAnalyser, { language, content }: CodeFile, { own, stopped }: Job): void {
  const hasRules = own.rules.length > 0;
  if (hasRules && worker.rules !== own.version) {
    tell(worker, { say: "rules", rules: own.rules });
    worker.rules = own.version;
  }
  const without = hasRules ? [...stopped.keys()] : null;
  tell(worker, { say: "file", language, bytes: content.length, without }, content);
}

/** Says of a file that it was analysed without rules that were stopped before. */
function withStopped(written: WrittenAnalysis, { language }: CodeFile, { own, stopped }: Job): WrittenAnalysis {
  const missed = own.rules
    .filter(({ id, languages }) => stopped.has(id) && languages.includes(language))
    .map(({ id }) => ({ rule: id, reason: stopped.get(id) ?? "" }));
  if (missed.length === 0) return written;
  const analysis = JSON.parse(written.analysis) as FileAnalysis;
  if (analysis.end === "left out") return written;
  return writeAnalysis({ ...analysis, stopped: [...(analysis.stopped ?? []), ...missed] });
}

function problemOf(rule: OwnRule, { part, index, message }: OwnRuleFault): OwnRuleProblem {
  const { places } = rule;
  const place = part === "pattern" ? placeInPattern(rule, index) : (places[part][index] ?? places.rule);
  return { path: places.path, ...place, message: `${rule.id}: ${message}` };
}
