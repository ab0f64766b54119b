import { randomBytes } from "node:crypto";
import type { Log } from "../../log.ts";
import { startBudget } from "../budget.ts";
import type { AgentBackend, AgentOutcome, ProposedPlan, WorkReport } from "../port.ts";
import { priceOf } from "../prices.ts";
import { planMessage, workMessage } from "../prompt.ts";
import { proposedPlan, workReport } from "../results.ts";
import { createFence } from "../untrusted.ts";
import { converse, type ClaudeJob, type Ending } from "./converse.ts";
import { loadSdk, SdkMissing, type ClaudeSdk } from "./load-sdk.ts";
import { claudePlanInstructions, claudeWorkInstructions } from "./prompt.ts";
import { openRelay, type RelayEnd, type RelayLimits } from "./relay.ts";

// The back-end `claude`: the Claude Agent SDK. Its program runs in the sandbox, where it has neither key nor network; a relay of ours stands
// in for the model's server, keeps the budget and holds the key.

export interface ClaudeOptions {
  /** As Anthropic names it. */
  readonly model: string;
  /** Of the model's server, without `/v1`. */
  readonly url: string;
  readonly key: string;
  readonly log: Log;
  readonly fetch?: typeof globalThis.fetch;
  readonly limits?: Partial<RelayLimits>;
  /** The SDK; loaded when the first session begins, and no sooner. */
  readonly load?: () => Promise<ClaudeSdk>;
}

const defaultLimits: RelayLimits = {
  silentMs: 120_000,
  retryTotalMs: 10_000,
  answerBytes: 8 * 1024 ** 2,
  requestBytes: 32 * 1024 ** 2,
  countings: 500,
};
const reading = ["Read", "Grep", "Glob"];
const changing = ["Write", "Edit", "Bash"];

/** The back-end that hands work to the Claude Agent SDK. Nothing is loaded or sent before the first plan or work. */
export function createClaudeBackend(options: ClaudeOptions): AgentBackend {
  return {
    name: "claude",
    plan: (task, workspace, session) => {
      const fence = createFence();
      const prompt = { instructions: claudePlanInstructions(fence), message: planMessage(task, fence) };
      return work(options, { ...prompt, result: proposedPlan, tools: reading, readOnly: true, workspace, session });
    },
    work: (task, workspace, session) => {
      const fence = createFence();
      const prompt = { instructions: claudeWorkInstructions(fence), message: workMessage(task, fence) };
      const tools = [...reading, ...changing];
      return work(options, { ...prompt, result: workReport, tools, readOnly: false, workspace, session });
    },
  };
}

async function work<T extends ProposedPlan | WorkReport>(
  options: ClaudeOptions,
  job: ClaudeJob<T>,
): Promise<AgentOutcome<T>> {
  const { model, url, key, log } = options;
  const { session, workspace } = job;
  const budget = startBudget(session.budget, priceOf(model));
  const outcome = (ending: Exclude<Ending<T>, { end: "stopped" }> | typeof cancelled) => ({
    ...ending,
    usage: budget.usage(),
  });
  if (session.signal.aborted) return outcome(cancelled);
  const spent = budget.exhausted(0);
  if (spent !== undefined) return outcome({ end: "budget", reason: spent });
  if (workspace.start === undefined) return outcome(noSandbox);
  const start = workspace.start.bind(workspace);

  let sdk: ClaudeSdk;
  try {
    sdk = await (options.load ?? loadSdk)();
  } catch (error) {
    if (!(error instanceof SdkMissing)) throw error;
    return outcome({ end: "unavailable", passing: false, reason: error.message });
  }
  const signal = AbortSignal.any([session.signal, budget.signal]);
  const ticket = `session-${randomBytes(24).toString("hex")}`;
  const limits = { ...defaultLimits, ...options.limits };
  const fetch = options.fetch ?? globalThis.fetch;
  const onAnswer = () => session.onProgress?.({ kind: "model", usage: budget.usage() });
  const relayOf = (onEnd: (end: RelayEnd) => void) =>
    openRelay({ url, key, model, ticket, budget, limits, fetch, log, signal, onAnswer, onEnd });
  const ending = await converse({ sdk, model, ticket, log, start, openRelay: relayOf, signal }, job);
  if (ending.end !== "stopped") return outcome(ending);
  if (session.signal.aborted) return outcome(cancelled);
  return outcome({ end: "budget", reason: budget.exhausted(0) ?? "The time of the run is over." });
}

const cancelled = { end: "cancelled", reason: "The run was cancelled." } as const;
const noSandbox = {
  end: "unavailable",
  passing: false,
  reason: "The back-end `claude` works in a sandbox, and there is none for this run.",
} as const;
