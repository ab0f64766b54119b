import { z } from "zod";
import {
  BadRequest,
  conversationOf,
  type Conversation,
  type ScriptMessage,
  type ScriptedUsage,
  type Turn,
} from "./conversation.ts";

// The part of Anthropic's Messages API that agents use: https://platform.claude.com/docs/en/api/messages

const TextBlock = z.looseObject({ type: z.literal("text"), text: z.string().min(1) });
/** What agents send back of earlier answers, and what they show, that no script asks about. */
const OtherBlock = z.looseObject({ type: z.enum(["thinking", "redacted_thinking", "image", "document"]) });
const ToolUse = z.looseObject({
  type: z.literal("tool_use"),
  id: z.string().min(1),
  name: z.string(),
  input: z.record(z.string(), z.unknown()),
});
const ToolResult = z.looseObject({
  type: z.literal("tool_result"),
  tool_use_id: z.string(),
  content: z.union([z.string(), z.array(TextBlock)]).optional(),
});

const MessagesRequest = z.object({
  model: z.string().min(1),
  max_tokens: z.int().min(1),
  stream: z.boolean().optional(),
  system: z.union([z.string(), z.array(TextBlock)]).optional(),
  messages: z
    .array(
      z.object({
        // Agents put what they notice themselves between the turns, as the system.
        role: z.enum(["user", "assistant", "system"]),
        content: z.union([
          z.string(),
          z.array(z.discriminatedUnion("type", [TextBlock, ToolUse, ToolResult, OtherBlock])),
        ]),
      }),
    )
    .min(1),
  tools: z
    .array(z.looseObject({ name: z.string(), input_schema: z.looseObject({ type: z.literal("object") }) }))
    .optional(),
});

/** @throws BadRequest where the real server answers 400, e.g. a `tool_use` without its `tool_result` in the next message */
export function readAnthropic(body: unknown): { model: string; stream: boolean; conversation: Conversation } {
  const parsed = MessagesRequest.safeParse(body);
  if (!parsed.success) throw new BadRequest(z.prettifyError(parsed.error));
  const read: ScriptMessage[] = [];
  const results: { id: string; tool: string; input: unknown; text: string }[] = [];
  let open = new Map<string, { tool: string; input: unknown }>();
  const system = textOf(parsed.data.system);
  if (system) read.push({ role: "system", text: system, calls: [] });
  for (const message of parsed.data.messages) {
    const blocks =
      typeof message.content === "string" ? [{ type: "text" as const, text: message.content }] : message.content;
    const called = new Map<string, { tool: string; input: unknown }>();
    for (const block of blocks) {
      if (block.type === "tool_use") called.set(block.id, { tool: block.name, input: block.input });
      if (block.type !== "tool_result") continue;
      const call = open.get(block.tool_use_id);
      if (!call) throw new BadRequest(`unexpected tool_use_id in tool_result: ${block.tool_use_id}`);
      open.delete(block.tool_use_id);
      const text = textOf(block.content);
      results.push({ id: block.tool_use_id, ...call, text });
      read.push({ role: "tool", text, calls: [] });
    }
    if (open.size > 0)
      throw new BadRequest(`tool_use without tool_result right after it: ${[...open.keys()].join(", ")}`);
    open = called;
    const text = blocks.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n");
    const calls = [...called].map(([id, call]) => ({ id, ...call }));
    if (text !== "" || calls.length > 0) read.push({ role: message.role, text, calls });
  }
  if (open.size > 0) throw new BadRequest("the last tool_use has no tool_result");
  const tools = (parsed.data.tools ?? []).map((tool) => tool.name);
  return {
    model: parsed.data.model,
    stream: parsed.data.stream ?? false,
    conversation: conversationOf(read, results, tools),
  };
}

type Answer = Exclude<Turn, { fault: unknown }>;

/** The body of a plain answer. */
export function anthropicAnswer(id: string, model: string, turn: Answer, usage: ScriptedUsage | undefined): object {
  return {
    id,
    type: "message",
    role: "assistant",
    model,
    content: blocksOf(id, turn),
    stop_reason: "calls" in turn ? "tool_use" : "end_turn",
    stop_sequence: null,
    usage: { input_tokens: usage?.input ?? 0, output_tokens: usage?.output ?? 0 },
  };
}

/** The events of a streamed answer. */
export function anthropicEvents(id: string, model: string, turn: Answer, usage: ScriptedUsage | undefined): string[] {
  const message = { ...anthropicAnswer(id, model, turn, usage), content: [], stop_reason: null };
  const events: (Record<string, unknown> & { type: string })[] = [{ type: "message_start", message }];
  for (const [index, block] of blocksOf(id, turn).entries()) {
    const start = block.type === "text" ? { type: "text", text: "" } : { ...block, input: {} };
    const delta =
      block.type === "text"
        ? { type: "text_delta", text: block.text }
        : { type: "input_json_delta", partial_json: JSON.stringify(block.input) };
    events.push({ type: "content_block_start", index, content_block: start });
    events.push({ type: "content_block_delta", index, delta });
    events.push({ type: "content_block_stop", index });
  }
  const stop = { stop_reason: "calls" in turn ? "tool_use" : "end_turn", stop_sequence: null };
  events.push({ type: "message_delta", delta: stop, usage: { output_tokens: usage?.output ?? 0 } });
  events.push({ type: "message_stop" });
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

type Block = { type: "text"; text: string } | { type: "tool_use"; id: string; name: string; input: unknown };

function blocksOf(id: string, turn: Answer): Block[] {
  const text: Block[] = turn.text ? [{ type: "text", text: turn.text }] : [];
  if (!("calls" in turn)) return text;
  const calls = turn.calls.map((call, index): Block => ({
    type: "tool_use",
    id: `toolu_${id}_${index}`,
    name: call.tool,
    input: call.input ?? {},
  }));
  return [...text, ...calls];
}

function textOf(content: string | readonly { text: string }[] | undefined): string {
  if (typeof content === "string") return content;
  return (content ?? []).map((block) => block.text).join("\n");
}
