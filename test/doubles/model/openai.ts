import { z } from "zod";
import {
  BadRequest,
  conversationOf,
  type Conversation,
  type ScriptMessage,
  type ScriptedUsage,
  type Turn,
} from "./conversation.ts";

// The part of OpenAI's Chat Completions that agents use:
// https://platform.openai.com/docs/api-reference/chat (strict about what the real server is strict about).

const textOrParts = z
  .union([z.string(), z.array(z.object({ type: z.literal("text"), text: z.string() })), z.null()])
  .optional();

const ChatRequest = z.object({
  model: z.string().min(1),
  stream: z.boolean().optional(),
  messages: z
    .array(
      z.object({
        role: z.enum(["system", "developer", "user", "assistant", "tool"]),
        content: textOrParts,
        tool_call_id: z.string().optional(),
        tool_calls: z
          .array(
            z.object({
              id: z.string().min(1),
              type: z.literal("function"),
              function: z.object({ name: z.string(), arguments: z.string() }),
            }),
          )
          .optional(),
      }),
    )
    .min(1),
  tools: z
    .array(
      z.object({
        type: z.literal("function"),
        function: z.object({
          name: z.string(),
          description: z.string().optional(),
          parameters: z.looseObject({ type: z.literal("object") }),
        }),
      }),
    )
    .optional(),
});

export interface OpenAiRequest {
  readonly model: string;
  readonly stream: boolean;
  readonly conversation: Conversation;
}

/** @throws BadRequest where the real server answers 400, e.g. a tool call without its result */
export function readOpenAi(body: unknown): OpenAiRequest {
  const parsed = ChatRequest.safeParse(body);
  if (!parsed.success) throw new BadRequest(z.prettifyError(parsed.error));
  const { messages } = parsed.data;
  const read: ScriptMessage[] = [];
  const results: { id: string; tool: string; input: unknown; text: string }[] = [];
  const open = new Map<string, { tool: string; input: unknown }>();
  for (const message of messages) {
    const text = textOf(message.content);
    if (message.role !== "tool" && open.size > 0) {
      throw new BadRequest(
        `an assistant message with 'tool_calls' must be followed by tool messages for: ${[...open.keys()].join(", ")}`,
      );
    }
    const calls = (message.tool_calls ?? []).map(({ id, function: called }) => ({
      id,
      tool: called.name,
      input: parseArguments(called.arguments),
    }));
    for (const call of calls) open.set(call.id, call);
    if (message.role === "tool") {
      const id = message.tool_call_id ?? "";
      const call = open.get(id);
      if (!call) throw new BadRequest(`a tool message answers '${id}', which nobody called`);
      open.delete(id);
      results.push({ id, tool: call.tool, input: call.input, text });
    }
    read.push({ role: message.role === "developer" ? "system" : message.role, text, calls });
  }
  if (open.size > 0) throw new BadRequest(`tool calls without a result: ${[...open.keys()].join(", ")}`);
  const tools = (parsed.data.tools ?? []).map((tool) => tool.function.name);
  return {
    model: parsed.data.model,
    stream: parsed.data.stream ?? false,
    conversation: conversationOf(read, results, tools),
  };
}

type Answer = Exclude<Turn, { fault: unknown }>;

/** The body of a plain answer. */
export function openAiAnswer(id: string, model: string, turn: Answer, usage: ScriptedUsage | undefined): object {
  const calls = openAiCalls(id, turn);
  return {
    id,
    object: "chat.completion",
    created: 1,
    model,
    choices: [
      {
        index: 0,
        finish_reason: calls ? "tool_calls" : "stop",
        message: { role: "assistant", content: turn.text ?? null, ...(calls && { tool_calls: calls }) },
      },
    ],
    ...(usage && { usage: openAiUsage(usage) }),
  };
}

/** The events of a streamed answer: text in two pieces, each call in two pieces, the end, the usage. */
export function openAiEvents(id: string, model: string, turn: Answer, usage: ScriptedUsage | undefined): string[] {
  const chunk = (delta: object, finish: string | null = null) => ({
    id,
    object: "chat.completion.chunk",
    created: 1,
    model,
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const calls = openAiCalls(id, turn);
  const events: object[] = [chunk({ role: "assistant", content: "" })];
  for (const piece of halves(turn.text ?? "")) events.push(chunk({ content: piece }));
  for (const [index, call] of (calls ?? []).entries()) {
    const [first = "", second = ""] = halves(call.function.arguments);
    events.push(chunk({ tool_calls: [{ ...call, index, function: { ...call.function, arguments: first } }] }));
    events.push(chunk({ tool_calls: [{ index, function: { arguments: second } }] }));
  }
  events.push(chunk({}, calls ? "tool_calls" : "stop"));
  if (usage) events.push({ ...chunk({}), choices: [], usage: openAiUsage(usage) });
  return [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), "data: [DONE]\n\n"];
}

function openAiCalls(id: string, turn: Answer) {
  if (!("calls" in turn)) return undefined;
  return turn.calls.map((call, index) => ({
    id: `call_${id}_${index}`,
    type: "function",
    function: { name: call.tool, arguments: call.rawInput ?? JSON.stringify(call.input ?? {}) },
  }));
}

function openAiUsage(usage: ScriptedUsage) {
  return { prompt_tokens: usage.input, completion_tokens: usage.output, total_tokens: usage.input + usage.output };
}

function halves(text: string): string[] {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)].filter((piece) => piece !== "");
}

function textOf(content: z.infer<typeof textOrParts>): string {
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => part.text).join("\n");
}

function parseArguments(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRequest("the arguments of a tool call in the history are no JSON");
  }
}
