/** What a script sees of a conversation, the same for all protocols. */
export interface Conversation {
  /** `work` when a tool that changes files is offered, else `plan`. */
  readonly mode: "plan" | "work";
  readonly messages: readonly ScriptMessage[];
  /** Names of the tools on offer. */
  readonly tools: readonly string[];
  /** How many answers the model has given in this conversation so far: 0 at its first turn. */
  readonly step: number;
  /** Every tool result so far, oldest first. */
  readonly results: readonly ToolOutput[];
}

export interface ScriptMessage {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly tool: string; readonly input: unknown }[];
}

export interface ToolOutput {
  readonly tool: string;
  readonly input: unknown;
  readonly text: string;
}

/** A model's answer. Faults are answers too: what a broken model or a broken server sends. */
export type Turn =
  | { readonly calls: readonly ScriptedCall[]; readonly text?: string; readonly usage?: ScriptedUsage }
  | { readonly text: string; readonly usage?: ScriptedUsage }
  | { readonly fault: Fault; readonly retryAfter?: number };

export interface ScriptedCall {
  readonly tool: string;
  readonly input?: unknown;
  /** Sent as it is in place of `input`, for arguments that are no JSON (OpenAI's protocol only). */
  readonly rawInput?: string;
}

export interface ScriptedUsage {
  readonly input: number;
  readonly output: number;
}

/**
 * What goes wrong on the wire. A number is an HTTP status with an error body; `hang` never answers, `reset` breaks the connection,
 * `malformed` is half a JSON document, `huge` is 10 MB of text, `context-too-long` is the refusal of a conversation that does not fit.
 */
export type WireFault =
  400 | 401 | 404 | 429 | 500 | 503 | "hang" | "reset" | "malformed" | "huge" | "context-too-long";

/**
 * What a confused model sends in a healthy answer: `unknown-tool` calls a tool nobody offered, `bad-arguments` calls the first tool with the
 * wrong shape, `no-usage` is text from a server that does not say what it used.
 */
export type AnswerFault = "unknown-tool" | "bad-arguments" | "no-usage";

export type Fault = WireFault | AnswerFault;

/** Adds what a script wants to know to the messages of a request. */
export function conversationOf(
  messages: readonly ScriptMessage[],
  results: readonly (ToolOutput & { id: string })[],
  tools: readonly string[],
): Conversation {
  return {
    mode: tools.some((tool) => /^(?:write|edit)$/i.test(tool)) ? "work" : "plan",
    messages,
    tools,
    step: messages.filter((message) => message.role === "assistant").length,
    results: results.map(({ tool, input, text }) => ({ tool, input, text })),
  };
}

/** The refusal of a request that the real server would refuse as well. */
export class BadRequest extends Error {
  override readonly name = "BadRequest";
}
