import { Cancelled, messageOf } from "../../errors.ts";
import type { Log } from "../../log.ts";
import { startBudget, type BudgetMeter } from "../budget.ts";
import { clip } from "../clip.ts";
import type { AgentBackend, AgentOutcome, AgentSession, ProposedPlan, PublishedWork, WorkReport } from "../port.ts";
import { proposedPlan, readResult } from "../results.ts";
import { createFence, sanitize } from "../untrusted.ts";
import { createCodegenApi, type CodegenApi, type RemoteRun } from "./client.ts";
import { CodegenApiFailure } from "./failure.ts";
import { correction, remotePlanPrompt, remoteWorkPrompt } from "./prompt.ts";
import { beginning, beginRun, watchRun, type WatchLimits } from "./watch.ts";

// The back-end `codegen-api`: an agent at codegen.com does the work in a sandbox of its own and opens the pull itself.
// What it uses is counted there; of our budget the minutes hold.

export interface CodegenApiOptions {
  readonly url: string;
  readonly token: string;
  readonly org: number;
  readonly log: Log;
  readonly fetch?: typeof globalThis.fetch;
  readonly limits?: Partial<CodegenApiLimits>;
}

export interface CodegenApiLimits extends WatchLimits {
  readonly requestTimeoutMs: number;
  /** For stopping a run that nobody wants any more. */
  readonly stopMs: number;
}

const defaultLimits: CodegenApiLimits = {
  requestTimeoutMs: 30_000,
  pollMs: 5_000,
  downMs: 90_000,
  settleMs: 30_000,
  stopMs: 800,
};
const corrections = 2;
const summaryCap = 4_000;

/** The back-end that hands work to agents at Codegen. Nothing is sent before the first plan or work. */
export function createCodegenApiBackend(options: CodegenApiOptions): AgentBackend {
  const { url, token, org, log } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const fetch = options.fetch ?? globalThis.fetch;
  const api = createCodegenApi({ url, token, org, fetch, timeoutMs: limits.requestTimeoutMs });
  return {
    name: "codegen-api",
    elsewhere: true,
    abandon: (memory) =>
      quietly(limits.stopMs, log, async (signal) => {
        const begun = await memory.recall(beginning);
        const run = typeof begun === "number" ? await api.get(begun, signal) : await api.find(memory.key, signal);
        // A ban of a run that has ended would only keep the service away from its pull.
        if (run?.status === "running") await api.stop(run.id, signal);
      }),
    plan: (task, _workspace, session) => {
      const prompt = remotePlanPrompt(task, createFence());
      return attend({ api, limits, log, session, repository: task.repository, prompt }, toPlan);
    },
    work: (task, _workspace, session) => {
      const prompt = remoteWorkPrompt(task, createFence());
      return attend({ api, limits, log, session, repository: task.repository, prompt }, (attendance, run) =>
        Promise.resolve(toWork(attendance, run, task.repository)),
      );
    },
  };
}

interface Job {
  readonly api: CodegenApi;
  readonly limits: CodegenApiLimits;
  readonly log: Log;
  readonly session: AgentSession;
  readonly repository: string;
  readonly prompt: string;
}

/** A run that is being waited for. */
interface Attendance extends Job {
  readonly id: number;
  readonly budget: BudgetMeter;
  readonly watch: (before?: RemoteRun) => Promise<RemoteRun>;
  readonly signal: AbortSignal;
}

/** Begins a run, waits for its end and stops it when nobody wants it any more. */
async function attend<E>(
  job: Job,
  read: (attendance: Attendance, run: RemoteRun) => Promise<E>,
): Promise<E | AgentOutcome<never>> {
  const { api, limits, session, log } = job;
  const budget = startBudget(session.budget, undefined);
  const usage = budget.usage();
  const signal = AbortSignal.any([session.signal, budget.signal]);
  let id: number | undefined;
  try {
    signal.throwIfAborted();
    id = await beginRun(api, job, session.memory, signal);
    log.info({ remote: id }, "an agent at Codegen works on it");
    const remote = id;
    const watch = (before?: RemoteRun) =>
      watchRun(api, remote, limits, {
        signal,
        ...(before === undefined ? {} : { before }),
        onStatus: (status) =>
          session.onProgress?.({ kind: "tool", name: "codegen-api", summary: `run ${remote} is ${status}` }),
      });
    const attendance: Attendance = { ...job, id, budget, signal, watch };
    const run = await watch();
    if (run.status === "complete") return await read(attendance, run);
    const how = run.status === "failed" ? "gave up" : "was stopped there";
    return { end: "nonsense", reason: `The agent at Codegen ${how} (its run ${id}).`, usage };
  } catch (error) {
    if (!signal.aborted) {
      if (!(error instanceof CodegenApiFailure)) throw error;
      log.warn({ remote: id, error: error.message }, "the Codegen API failed");
      return { end: "unavailable", reason: error.message, passing: error.passing, usage };
    }
    if (!session.signal.aborted) {
      await stop(job, id);
      return { end: "budget", reason: budget.exhausted(0) ?? "The time of the run is over.", usage };
    }
    // On a shutdown the run goes on there and is found again by whoever takes the work up.
    if (session.signal.reason instanceof Cancelled) await stop(job, id);
    return { end: "cancelled", reason: "The run was cancelled.", usage };
  }
}

/** Stops what runs there, also a run whose number we were about to hear. */
async function stop({ api, limits, session, log }: Job, known: number | undefined): Promise<void> {
  await quietly(limits.stopMs, log, async (signal) => {
    const id = known ?? (session.memory && (await api.find(session.memory.key, signal))?.id);
    if (id !== undefined) await api.stop(id, signal);
  });
}

/** Does it as well as it can be done in a moment. */
async function quietly(ms: number, log: Log, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  try {
    await work(AbortSignal.timeout(ms));
  } catch (error) {
    log.warn({ error: messageOf(error).slice(0, 300) }, "a run at Codegen may go on: it could not be stopped");
  }
}

async function toPlan(attendance: Attendance, first: RemoteRun): Promise<AgentOutcome<ProposedPlan>> {
  const { api, id, signal, watch, budget } = attendance;
  const usage = budget.usage();
  let run = first;
  for (let asked = 0; ; asked += 1) {
    const read = readPlan(run.text);
    if ("result" in read) return { end: "done", result: withPulls(read.result, run), usage };
    if (asked === corrections || run.status !== "complete") break;
    await api.resume(id, correction(read.problems), signal);
    run = await watch(run);
  }
  return { end: "nonsense", reason: `The agent at Codegen gave no plan that can be read (its run ${id}).`, usage };
}

/** The JSON object in a text: agents like to put words or a fence around it. */
function readPlan(text: string): { result: ProposedPlan } | { problems: string } {
  const [from, to] = [text.indexOf("{"), text.lastIndexOf("}")];
  if (from === -1 || to < from) return { problems: "it holds no JSON object" };
  try {
    return readResult(proposedPlan, JSON.parse(text.slice(from, to + 1)));
  } catch {
    return { problems: "what stands between the first { and the last } is no JSON" };
  }
}

/** It was asked for words alone; what it did besides is not hidden. */
function withPulls(plan: ProposedPlan, run: RemoteRun): ProposedPlan {
  const opened = run.pulls.map(
    ({ url }) => `The agent at Codegen opened a pull without being asked: ${url.slice(0, 500)}`,
  );
  return { ...plan, risks: [...opened, ...plan.risks] };
}

function toWork(
  { id, budget }: Attendance,
  run: RemoteRun,
  repository: string,
): AgentOutcome<WorkReport> | PublishedWork {
  const usage = budget.usage();
  const summary = clip(sanitize(run.text).trim(), summaryCap) || `The agent at Codegen said nothing (its run ${id}).`;
  if (run.pulls.length === 0) {
    const result = { title: "Work at Codegen", summary, testsRun: [], openPoints: [] };
    return { end: "done", result, usage };
  }
  const [newest] = run.pulls
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))
    .flatMap(({ url }) => pullNumber(url, repository));
  if (newest !== undefined) return { end: "published", pull: newest, summary, usage };
  return {
    end: "nonsense",
    reason: `The agent at Codegen opened a pull in another repository (its run ${id}).`,
    usage,
  };
}

/** None for a pull of another repository. */
function pullNumber(url: string, repository: string): readonly number[] {
  const [, name, number] = /^https?:\/\/[^/]+\/([^/]+\/[^/]+)\/pull\/(\d{1,9})(?:[/?#]|$)/.exec(url) ?? [];
  return name?.toLowerCase() === repository.toLowerCase() ? [Number(number)] : [];
}
