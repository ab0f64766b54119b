import type { SDKMessage } from "@anthropic-ai/claude-agent-sdk";
import { z } from "zod";
import type { AgentSession } from "../port.ts";
import { outputToVisible } from "../untrusted.ts";
import { finishTool } from "./prompt.ts";

/** What a message of the program means for the session. */
export interface Followed {
  /** The model ended its turn without a result. */
  readonly idle?: boolean;
  /** The program ended the turn itself, under this name. */
  readonly failed?: string;
  /** So many answers in a row were of no use, the last of them this. */
  readonly useless?: { readonly count: number; readonly problem: string };
}

/** Reads the messages of one session: tells what is being done, and counts answers that are of no use. */
export function followMessages(session: AgentSession, tools: readonly string[]): (message: SDKMessage) => Followed {
  let count = 0;
  const called = new Map<string, string>();
  const useless = (problem: string): Followed => ({ useless: { count: ++count, problem } });
  return (message) => {
    if (message.type === "result") {
      if (message.subtype === "success" && !message.is_error)
        return { idle: true, ...useless("an answer without a tool call") };
      return { failed: message.subtype };
    }
    if (message.type === "assistant") {
      for (const call of blocks(message.message.content, ToolUse)) {
        called.set(call.id, call.name);
        if (call.name !== finishTool && tools.includes(call.name))
          session.onProgress?.({ kind: "tool", name: call.name.toLowerCase(), summary: summaryOf(call.input) });
      }
      return {};
    }
    if (message.type !== "user") return {};
    const problems = blocks(message.message.content, ToolResult).map((result) =>
      problemOf(called.get(result.tool_use_id), result, tools),
    );
    if (problems.length === 0) return {};
    const [problem] = problems;
    if (problem !== undefined && problems.every((one) => one !== undefined)) return useless(problem);
    count = 0;
    return {};
  };
}

const ToolUse = z.looseObject({ type: z.literal("tool_use"), id: z.string(), name: z.string(), input: z.unknown() });
const ToolResult = z.looseObject({
  type: z.literal("tool_result"),
  tool_use_id: z.string(),
  is_error: z.boolean().nullish(),
  content: z.unknown(),
});

/** The blocks of one kind. What the program writes is checked: code in its sandbox could have written it. */
function blocks<T>(content: unknown, kind: z.ZodType<T>): readonly T[] {
  if (!Array.isArray(content)) return [];
  return content.flatMap((block) => {
    const read = kind.safeParse(block);
    return read.success ? [read.data] : [];
  });
}

/** Why a call was of no use; undefined where it was of some. A command that fails is of use. */
function problemOf(
  name: string | undefined,
  result: z.infer<typeof ToolResult>,
  tools: readonly string[],
): string | undefined {
  if (result.is_error !== true) return undefined;
  if (name === undefined || !tools.includes(name)) return "a call of a tool that does not exist";
  if (name === finishTool) return "a result of the wrong shape";
  const wrong = /InputValidationError/.test(JSON.stringify(result.content).slice(0, 2000));
  return wrong ? "a tool call with arguments of the wrong shape" : undefined;
}

const Input = z.looseObject({
  file_path: z.string().optional(),
  path: z.string().optional(),
  pattern: z.string().optional(),
  command: z.string().optional(),
});

function summaryOf(input: unknown): string {
  const { file_path: file, path, pattern, command } = Input.safeParse(input).data ?? {};
  const text = command ?? file?.replace(/^\/workspace\//, "") ?? [pattern, path].filter(Boolean).join(" in ");
  return outputToVisible(text).replaceAll("\n", " ").slice(0, 120);
}
