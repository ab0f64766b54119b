import { z } from "zod";
import type { CallTokens } from "../prices.ts";

// The part of a Messages answer that is counted: https://platform.claude.com/docs/en/api/messages, plain and streamed.

const count = z.int().min(0).nullish();
const Usage = z.looseObject({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
});
const Message = z.looseObject({ type: z.literal("message"), usage: Usage.nullish() });
const Event = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("message_start"), message: Message }),
  z.looseObject({ type: z.literal("message_delta"), usage: Usage.nullish() }),
  z.looseObject({ type: z.literal("message_stop") }),
  z.looseObject({ type: z.literal("error"), error: z.looseObject({ type: z.string() }) }),
]);
const counted = new Set(["message_start", "message_delta", "message_stop", "error"]);

export type ReadAnswer =
  | { readonly kind: "answer"; readonly tokens: Partial<CallTokens> }
  /** The server ended its stream with an error of this name. */
  | { readonly kind: "broken"; readonly error: string }
  | { readonly kind: "unreadable" };

/** Reads what an answer used, as far as the server says it. */
export function readAnswer(body: string, streamed: boolean): ReadAnswer {
  try {
    if (!streamed) return { kind: "answer", tokens: tokensOf([Message.parse(JSON.parse(body)).usage]) };
    const events = eventsOf(body);
    const broken = events.find((event) => event.type === "error");
    if (broken?.type === "error") return { kind: "broken", error: broken.error.type };
    if (events[0]?.type !== "message_start" || events.at(-1)?.type !== "message_stop") return { kind: "unreadable" };
    const usages = events.map((event) =>
      event.type === "message_start" ? event.message.usage : event.type === "message_delta" ? event.usage : undefined,
    );
    return { kind: "answer", tokens: tokensOf(usages) };
  } catch {
    return { kind: "unreadable" };
  }
}

function eventsOf(body: string) {
  return body.split(/\r?\n\r?\n/).flatMap((block) => {
    const data = block
      .split(/\r?\n/)
      .flatMap((line) => (line.startsWith("data:") ? [line.slice(5)] : []))
      .join("\n");
    if (data.trim() === "") return [];
    const event: unknown = JSON.parse(data);
    const { type } = z.looseObject({ type: z.string() }).parse(event);
    return counted.has(type) ? [Event.parse(event)] : [];
  });
}

/** The counts are running totals: the last one said holds. Anthropic counts what its cache holds apart from the rest of the input. */
function tokensOf(usages: readonly (z.infer<typeof Usage> | null | undefined)[]): Partial<CallTokens> {
  const last = (key: keyof z.infer<typeof Usage>) =>
    usages.flatMap((usage) => (typeof usage?.[key] === "number" ? [usage[key]] : [])).at(-1);
  const fresh = last("input_tokens");
  const output = last("output_tokens");
  const cachedInput = last("cache_read_input_tokens") ?? 0;
  const input = fresh === undefined ? undefined : fresh + cachedInput + (last("cache_creation_input_tokens") ?? 0);
  return { ...(input !== undefined && { input, cachedInput }), ...(output !== undefined && { output }) };
}
