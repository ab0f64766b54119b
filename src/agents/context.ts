import type { ModelMessage } from "ai";
import { clip } from "./clip.ts";

// A conversation that only grows ends in a refusal of the server. The oldest tool results go first (the model can call again), then the
// oldest exchanges as a whole; the task and the newest exchanges stay.

/** Bytes per token, on the low side for code and JSON. */
const bytesPerToken = 3.5;
const newestKept = 2;

/** About how many tokens this is. */
export function estimateTokens(value: unknown): number {
  return Math.ceil(Buffer.byteLength(JSON.stringify(value)) / bytesPerToken);
}

/**
 * The conversation within a limit. When it is over, it is cut well below, for each cut makes the provider's prompt cache useless.
 * @returns the same array when nothing was to be done
 */
export function boundContext(messages: readonly ModelMessage[], limitTokens: number): readonly ModelMessage[] {
  if (estimateTokens(messages) <= limitTokens) return messages;
  const target = limitTokens * 0.6;
  const kept = [...messages];
  const results = kept.flatMap((message, index) => (message.role === "tool" ? [index] : []));
  for (const index of results.slice(0, -newestKept)) {
    if (estimateTokens(kept) <= target) return kept;
    kept[index] = withoutResults(kept[index]);
  }
  while (estimateTokens(kept) > target) {
    const starts = kept.flatMap((message, index) => (message.role === "assistant" ? [index] : []));
    const [first, second] = starts;
    if (starts.length <= newestKept || first === undefined || second === undefined) break;
    kept.splice(first, second - first);
  }
  return kept;
}

/** An assistant's message as it is kept: long text has said enough. */
export function shortened(message: ModelMessage): ModelMessage {
  if (message.role !== "assistant") return message;
  if (typeof message.content === "string") return { ...message, content: clip(message.content, 8000) };
  const content = message.content.map((part) =>
    part.type === "text" ? { ...part, text: clip(part.text, 8000) } : part,
  );
  return { ...message, content };
}

function withoutResults(message: ModelMessage | undefined): ModelMessage {
  if (message?.role !== "tool") throw new Error("only tool messages have results");
  const content = message.content.map((part) =>
    part.type === "tool-result"
      ? {
          ...part,
          output: {
            type: "text" as const,
            value: `[result of ${part.toolName} left out to save space; call it again if you need it]`,
          },
        }
      : part,
  );
  return { role: "tool", content };
}
