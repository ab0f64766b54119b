import { z } from "zod";
import { LeaseLost, Cancelled, messageOf } from "../errors.ts";
import type { AgentWorkspace, Untrusted } from "./port.ts";
import { outputToVisible } from "./untrusted.ts";

export interface ToolContext {
  readonly workspace: AgentWorkspace;
  readonly signal: AbortSignal;
  /** The longest that a command may take now. */
  readonly msLeft: () => number;
}

/** What a tool says: a sentence of ours, and data that a contributor could have written. */
export interface ToolReply {
  readonly text: string;
  readonly data?: Untrusted;
}

export interface AgentTool {
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodType;
  /** What it is about to do, in a few words for the progress line. */
  summary(input: unknown): string;
  /** Failures are replies as well: the model reads them and goes on. */
  perform(input: unknown, context: ToolContext): Promise<ToolReply>;
}

/**
 * A tool from its parts. Exceptions of `run` become replies, save those that end the whole run.
 */
export function defineTool<I>(tool: {
  name: string;
  description: string;
  input: z.ZodType<I>;
  summary: (input: I) => string;
  run: (input: I, context: ToolContext) => Promise<ToolReply>;
}): AgentTool {
  return {
    name: tool.name,
    description: tool.description,
    input: tool.input,
    summary: (raw) => {
      const parsed = tool.input.safeParse(raw);
      return parsed.success ? outputToVisible(tool.summary(parsed.data)).replaceAll("\n", " ").slice(0, 120) : "";
    },
    perform: async (raw, context) => {
      const parsed = tool.input.safeParse(raw);
      if (!parsed.success)
        return { text: `error: these arguments do not fit the tool: ${z.prettifyError(parsed.error)}` };
      try {
        return await tool.run(parsed.data, context);
      } catch (error) {
        if (error instanceof LeaseLost || error instanceof Cancelled) throw error;
        return { text: `error: ${outputToVisible(messageOf(error)).slice(0, 1000)}` };
      }
    },
  };
}

/** A path as the workspace wants it. Models also write `./a` and, having seen the sandbox, `/workspace/a`. */
export const workspacePath = z
  .string()
  .max(1000)
  .transform((path) =>
    path
      .trim()
      .replace(/^\/workspace(?:\/|$)/, "")
      .replace(/^(?:\.\/)+/, "")
      .replace(/^\.$/, ""),
  )
  .describe("relative to the root of the repository");
