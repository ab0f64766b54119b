import { editTool, removeTool, runTool, writeTool } from "./changing-tools.ts";
import { clip } from "./clip.ts";
import { listTool, readTool, searchTool } from "./reading-tools.ts";
import type { AgentTool, ToolReply } from "./tool.ts";
import type { Fence } from "./untrusted.ts";

/** Characters of one result; what is longer loses its middle. */
const resultCap = 30_000;

/** A plan is made by looking only: nothing on offer changes a file or runs a command. */
export const planTools: readonly AgentTool[] = [readTool, listTool, searchTool];

export const workTools: readonly AgentTool[] = [...planTools, editTool, writeTool, removeTool, runTool];

/** A reply as the model reads it: our sentence, then the data within its boundary. */
export function renderReply(reply: ToolReply, fence: Fence): string {
  if (!reply.data) return reply.text;
  return `${reply.text}\n${fence.wrap(reply.data.from, clip(reply.data.text, resultCap))}`;
}
