import { tool, type LanguageModel, type ModelMessage, type ToolSet } from "ai";
import type { Log } from "../log.ts";
import { startBudget } from "./budget.ts";
import { callModel, type CallLimits } from "./call-model.ts";
import { boundContext, estimateTokens } from "./context.ts";
import { openModel, parseModelName } from "./models.ts";
import { boundedFetch } from "./model-fetch.ts";
import type { AgentBackend, AgentOutcome, ProposedPlan, WorkReport } from "./port.ts";
import { priceOf } from "./prices.ts";
import { planInstructions, planMessage, workInstructions, workMessage } from "./prompt.ts";
import { proposedPlan, workReport } from "./results.ts";
import { planTools, workTools } from "./tools.ts";
import { confused, takeTurn, type TurnJob } from "./turn.ts";
import { createFence } from "./untrusted.ts";

// The back-end `model`: a conversation with a language model that ends with the tool `finish`, or for a reason that a person can read.
// The loop is ours and not the SDK's, for budgets are asked before each call, bad answers are counted, and old results make room.

export interface ModelBackendOptions {
  /** `openai-compatible:NAME`, `anthropic:NAME` or `google:NAME`. */
  readonly model: string;
  readonly url?: string | undefined;
  readonly key?: string | undefined;
  readonly log: Log;
  readonly fetch?: typeof globalThis.fetch;
  readonly limits?: Partial<ModelLimits>;
}

export interface ModelLimits extends CallLimits {
  /** Tokens of a conversation, estimated; halved when the server says that it is too long. */
  readonly contextTokens: number;
  /** Of one answer of the server. */
  readonly answerBytes: number;
}

const defaultLimits: ModelLimits = {
  callTimeoutMs: 120_000,
  retryTotalMs: 10_000,
  contextTokens: 120_000,
  answerBytes: 4 * 1024 ** 2,
};
const smallestContext = 4_000;
const nonsenseAllowed = 3;
/** Anthropic needs a number; what fits in the time of one call. */
const anthropicOutputTokens = 16_000;

/**
 * The back-end that asks a language model. Nothing is sent before the first plan or work.
 * @throws StartError when the name, the address or the key is of no use
 */
export function createModelBackend(options: ModelBackendOptions): AgentBackend {
  const limits = { ...defaultLimits, ...options.limits };
  const modelName = parseModelName(options.model);
  const fetch = boundedFetch(options.fetch ?? globalThis.fetch, limits.answerBytes);
  const model = openModel(modelName, { url: options.url, key: options.key, fetch, log: options.log });
  const shared = {
    model,
    modelName: modelName.name,
    maxOutputTokens: modelName.provider === "anthropic" ? anthropicOutputTokens : undefined,
    limits,
    log: options.log,
  };
  return {
    name: options.model,
    plan: (task, workspace, session) => {
      const fence = createFence();
      const prompt = { instructions: planInstructions(fence), message: planMessage(task, fence) };
      return converse({ ...shared, ...prompt, fence, tools: planTools, result: proposedPlan, workspace, session });
    },
    work: (task, workspace, session) => {
      const fence = createFence();
      const prompt = { instructions: workInstructions(fence), message: workMessage(task, fence) };
      return converse({ ...shared, ...prompt, fence, tools: workTools, result: workReport, workspace, session });
    },
  };
}

interface Job<T> extends TurnJob<T> {
  readonly model: LanguageModel;
  readonly modelName: string;
  readonly maxOutputTokens: number | undefined;
  readonly limits: ModelLimits;
  readonly log: Log;
  readonly instructions: string;
  readonly message: string;
}

async function converse<T extends ProposedPlan | WorkReport>(job: Job<T>): Promise<AgentOutcome<T>> {
  const { session, limits } = job;
  const budget = startBudget(session.budget, priceOf(job.modelName));
  const signal = AbortSignal.any([session.signal, budget.signal]);
  const tools = toolSet(job);
  const overhead = estimateTokens([job.instructions, ...job.tools.map((one) => one.description)]) + 1000;
  let messages: readonly ModelMessage[] = [{ role: "user", content: job.message }];
  let contextTokens = limits.contextTokens;
  let nonsense = 0;
  const end = (kind: "budget" | "nonsense" | "cancelled", reason: string) => ({
    end: kind,
    reason,
    usage: budget.usage(),
  });
  const unavailable = (reason: string, passing: boolean) => ({
    end: "unavailable" as const,
    reason,
    passing,
    usage: budget.usage(),
  });

  for (;;) {
    if (session.signal.aborted) return end("cancelled", "The run was cancelled.");
    messages = boundContext(messages, contextTokens);
    const input = estimateTokens(messages) + overhead;
    const spent = budget.exhausted(input);
    if (spent) return end("budget", spent);

    const answer = await callModel({ ...job, messages, tools, signal });
    if (answer.kind === "stopped") continue;
    if (answer.kind === "unavailable") return unavailable(answer.reason, answer.passing);
    if (answer.kind === "too-long") {
      const smaller = Math.floor(Math.min(contextTokens, input) / 2);
      if (smaller < smallestContext || !shrinks(messages, smaller)) {
        return unavailable(
          `The task does not fit into what the model \`${job.modelName}\` can read at once. Ask for a smaller piece, or use a model with a larger context.`,
          false,
        );
      }
      contextTokens = smaller;
      continue;
    }

    const tokens = answer.kind === "answer" ? answer.tokens : {};
    const counted = {
      input: tokens.input ?? input,
      output: tokens.output ?? estimateTokens(answer),
      cachedInput: tokens.cachedInput ?? 0,
    };
    budget.add({ ...counted, cachedInput: Math.min(counted.input, counted.cachedInput) });
    session.onProgress?.({ kind: "model", usage: budget.usage() });

    const turn = answer.kind === "answer" ? await takeTurn(job, answer, budget, signal) : confused(answer.problem);
    if (turn.result) return { end: "done", result: turn.result, usage: budget.usage() };
    nonsense = turn.problem ? nonsense + 1 : 0;
    if (nonsense >= nonsenseAllowed) {
      return end(
        "nonsense",
        `The model \`${job.modelName}\` gave ${nonsense} answers in a row that are of no use (the last was ${turn.problem}). Try again, or use another model.`,
      );
    }
    messages = [...messages, ...turn.messages];
  }
}

function toolSet<T>(job: Job<T>): ToolSet {
  const set: ToolSet = {};
  for (const one of job.tools) set[one.name] = tool({ description: one.description, inputSchema: one.input });
  set["finish"] = tool({ description: "Ends your work with its result.", inputSchema: job.result });
  return set;
}

function shrinks(messages: readonly ModelMessage[], limit: number): boolean {
  return estimateTokens(boundContext(messages, limit)) < estimateTokens(messages);
}
