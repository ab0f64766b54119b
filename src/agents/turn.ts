import type { ModelMessage } from "ai";
import type { z } from "zod";
import type { BudgetMeter } from "./budget.ts";
import type { CalledTool } from "./call-model.ts";
import { shortened } from "./context.ts";
import type { AgentSession, AgentWorkspace, ProposedPlan, WorkReport } from "./port.ts";
import { readResult } from "./results.ts";
import type { AgentTool } from "./tool.ts";
import { renderReply } from "./tools.ts";
import { untilAborted } from "./until-aborted.ts";
import type { Fence } from "./untrusted.ts";

/** More calls than this in one answer are a model that has lost itself. */
const callsPerAnswer = 16;

export interface TurnJob<T> {
  readonly fence: Fence;
  readonly tools: readonly AgentTool[];
  /** What `finish` takes. */
  readonly result: z.ZodType<T>;
  readonly workspace: AgentWorkspace;
  readonly session: AgentSession;
}

export interface TurnEnd<T> {
  readonly messages: readonly ModelMessage[];
  readonly result?: T;
  /** What made the answer useless. */
  readonly problem?: string;
}

/** Does what an answer asks for and writes down what came of it. */
export async function takeTurn<T extends ProposedPlan | WorkReport>(
  job: TurnJob<T>,
  answer: { messages: readonly ModelMessage[]; calls: readonly CalledTool[]; cut: boolean },
  budget: BudgetMeter,
  signal: AbortSignal,
): Promise<TurnEnd<T>> {
  const said = answer.messages.map(shortened);
  if (answer.calls.length === 0) {
    const turn = confused(answer.cut ? "an answer that broke off" : "an answer without a tool call");
    return { ...turn, messages: [...said, ...turn.messages] };
  }
  const results: { call: CalledTool; text: string }[] = [];
  let problem: string | undefined;
  let useful = false;
  for (const [index, call] of answer.calls.entries()) {
    const done = await perform(job, call, index, budget, signal);
    if (done.result) return { messages: [], result: done.result };
    if (done.problem) problem = done.problem;
    else useful = true;
    results.push({ call, text: done.text });
  }
  const left = budget.stepsLeft();
  const hint = left <= 3 ? `\n(${left} answers left: finish now with what you have)` : "";
  const cut = answer.cut ? "\n(your answer broke off at the server's length limit: write smaller pieces)" : "";
  const content = results.map(({ call, text }, index) => ({
    type: "tool-result" as const,
    toolCallId: call.id,
    toolName: call.name,
    output: { type: "text" as const, value: index === results.length - 1 ? text + cut + hint : text },
  }));
  return { messages: [...said, { role: "tool", content }], ...(!useful && problem && { problem }) };
}

async function perform<T extends ProposedPlan | WorkReport>(
  job: TurnJob<T>,
  call: CalledTool,
  index: number,
  budget: BudgetMeter,
  signal: AbortSignal,
): Promise<{ text: string; result?: T; problem?: string }> {
  const { session, workspace, fence } = job;
  if (signal.aborted) return { text: "error: not done, the session is over" };
  if (index >= callsPerAnswer) return { text: `error: not done, at most ${callsPerAnswer} calls in one answer` };
  if (call.name === "finish") {
    const read = readResult(job.result, call.input);
    if ("result" in read) return { text: "", result: read.result };
    return { text: `error: this is no valid result: ${read.problems}`, problem: "a result of the wrong shape" };
  }
  const found = job.tools.find((one) => one.name === call.name);
  if (!found) {
    const names = [...job.tools.map((one) => one.name), "finish"].join(", ");
    return {
      text: `error: there is no such tool here. The tools are: ${names}`,
      problem: "a call of a tool that does not exist",
    };
  }
  if (!call.invalid) session.onProgress?.({ kind: "tool", name: found.name, summary: found.summary(call.input) });
  const context = { workspace, signal, msLeft: () => budget.msLeft() };
  const reply = await untilAborted(found.perform(call.input, context), signal).catch((error: unknown) => {
    if (signal.aborted) return { text: "error: not done, the session is over" };
    throw error;
  });
  return {
    text: renderReply(reply, fence),
    ...(call.invalid && { problem: "a tool call with arguments of the wrong shape" }),
  };
}

/** What the model is told after an answer that is of no use. */
export function confused(problem: string): { messages: ModelMessage[]; problem: string; result?: never } {
  const reminder = `That was ${problem}. Answer with a call of one of the tools; call finish when you are done.`;
  return { messages: [{ role: "user", content: reminder }], problem };
}
