import { setTimeout as wait } from "node:timers/promises";
import type { Options, SDKUserMessage } from "@anthropic-ai/claude-agent-sdk";
import type { z } from "zod";
import { messageOf } from "../../errors.ts";
import type { Log } from "../../log.ts";
import type { AgentSession, AgentWorkspace, ProposedPlan, WorkReport } from "../port.ts";
import { readResult } from "../results.ts";
import { followMessages } from "./follow.ts";
import { isMissing, SdkMissing, type ClaudeSdk } from "./load-sdk.ts";
import { programEnvironment, programOptions } from "./program-options.ts";
import { finishTool, reminder } from "./prompt.ts";
import type { Relay, RelayEnd } from "./relay.ts";
import { sandboxedProgram, type ProgramEnd } from "./sandboxed-program.ts";

export interface ClaudeJob<T> {
  readonly instructions: string;
  readonly message: string;
  /** What `finish` takes. */
  readonly result: z.ZodType<T> & { readonly shape: z.ZodRawShape };
  /** Those of the program's own that are on offer. */
  readonly tools: readonly string[];
  readonly readOnly: boolean;
  readonly workspace: AgentWorkspace;
  readonly session: AgentSession;
}

export interface Means {
  readonly sdk: ClaudeSdk;
  readonly model: string;
  readonly ticket: string;
  readonly log: Log;
  readonly start: NonNullable<AgentWorkspace["start"]>;
  /** Made for this conversation: says when it has to end. */
  openRelay(onEnd: (end: RelayEnd) => void): Relay;
  /** The session is over, for a reason of its own. */
  readonly signal: AbortSignal;
}

export type Ending<T> = RelayEnd | { readonly end: "done"; readonly result: T } | { readonly end: "stopped" };

const uselessAllowed = 3;
const sdkEndMs = 1_000;

/**
 * Lets the SDK work until there is a result or a reason to end. Nothing of it runs any more when this is done.
 * @throws UserError where there is no safe sandbox
 */
export async function converse<T extends ProposedPlan | WorkReport>(
  means: Means,
  job: ClaudeJob<T>,
): Promise<Ending<T>> {
  const { sdk, model, ticket, log, signal } = means;
  const { promise: ended, resolve: end, reject: fail } = Promise.withResolvers<Ending<T>>();
  const onStop = () => end({ end: "stopped" });
  signal.addEventListener("abort", onStop, { once: true });
  if (signal.aborted) onStop();

  const over = new AbortController();
  const relay = means.openRelay(end);
  const program = sandboxedProgram({
    start: means.start,
    env: programEnvironment(model, ticket),
    readOnly: job.readOnly,
    service: { variable: "ANTHROPIC_BASE_URL", connect: (connection) => relay.connect(connection) },
    signal: over.signal,
    log,
    onEnd: (programEnd) => ("error" in programEnd ? fail(programEnd.error) : end(endOfProgram(programEnd))),
  });
  const words = conversation(job.message);
  const finish = sdk.tool("finish", "Ends your work with its result.", job.result.shape, async (input) => {
    const read = readResult(job.result, input);
    if ("result" in read) end({ end: "done", result: read.result });
    const text = "result" in read ? "done" : `error: this is no valid result: ${read.problems}`;
    return { content: [{ type: "text", text }], isError: !("result" in read) };
  });
  const options: Options = {
    ...programOptions(job, model),
    mcpServers: {
      codegen: sdk.createSdkMcpServer({ name: "codegen", version: "1.0.0", tools: [finish], alwaysLoad: true }),
    },
    abortController: over,
    spawnClaudeCodeProcess: (start) => program.spawn(start),
  };
  const follow = followMessages(job.session, [...job.tools, finishTool]);
  const reading = (async () => {
    try {
      for await (const message of sdk.query({ prompt: words.messages, options })) {
        const { idle, failed, useless } = follow(message);
        if (failed !== undefined) {
          log.warn({ ended: failed }, "the program of the Claude Agent SDK ended its turn");
          end(endOfTurn(failed));
        }
        if (useless !== undefined && useless.count >= uselessAllowed) {
          const reason = `The model \`${model}\` gave ${useless.count} answers in a row that are of no use (the last was ${useless.problem}). Try again, or use another model.`;
          end({ end: "nonsense", reason });
        }
        if (idle === true) words.say(reminder);
      }
    } catch (error) {
      if (over.signal.aborted) return;
      if (!isMissing(error)) log.warn({ error: messageOf(error).slice(0, 1000) }, "the Claude Agent SDK failed");
      end({
        end: "unavailable",
        passing: false,
        reason: isMissing(error) ? new SdkMissing(error).message : brokenProgram,
      });
    }
  })();
  try {
    return await ended;
  } finally {
    signal.removeEventListener("abort", onStop);
    over.abort();
    words.end();
    relay.close();
    await program.stop();
    // The SDK has its own ideas of an end; with the program gone nothing depends on them.
    await Promise.race([reading, wait(sdkEndMs, undefined, { ref: false })]);
  }
}

const brokenProgram = "The program of the Claude Agent SDK failed; the bot's log says more.";

function endOfProgram(ended: Exclude<ProgramEnd, { error: unknown }>): RelayEnd {
  if (ended.flooded)
    return {
      end: "nonsense",
      reason: "The program of the Claude Agent SDK said more than anybody could read, and was stopped.",
    };
  const reason =
    ended.end === "out-of-memory"
      ? "The program of the Claude Agent SDK needs more memory than its sandbox has. Raise `environment.limits.memory` in `.codegen.yml`."
      : brokenProgram;
  return { end: "unavailable", passing: false, reason };
}

function endOfTurn(name: string): RelayEnd {
  if (name === "error_max_turns")
    return {
      end: "budget",
      reason:
        "The agent's turns are used up before it was done. Ask for a smaller piece, or raise `agent.budget.steps` in `.codegen.yml`.",
    };
  return { end: "unavailable", passing: false, reason: brokenProgram };
}

/** What we say to the program, in the order in which it is said. */
function conversation(first: string) {
  const waiting = [first];
  let wake = Promise.withResolvers<void>();
  const over = new AbortController();
  return {
    say: (text: string) => {
      waiting.push(text);
      wake.resolve();
    },
    end: () => {
      over.abort();
      wake.resolve();
    },
    messages: (async function* (): AsyncGenerator<SDKUserMessage> {
      while (!over.signal.aborted) {
        const text = waiting.shift();
        if (text === undefined) {
          wake = Promise.withResolvers<void>();
          await wake.promise;
        } else yield { type: "user", message: { role: "user", content: text }, parent_tool_use_id: null };
      }
    })(),
  };
}
