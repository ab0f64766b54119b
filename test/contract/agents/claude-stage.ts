import { createClaudeBackend, type ClaudeOptions } from "../../../src/agents/claude/backend.ts";
import type { AgentBackend } from "../../../src/agents/port.ts";
import { silentLog } from "../../../src/log.ts";
import type { SandboxLimits } from "../../../src/sandbox/port.ts";
import { sandboxWorkspace, type SandboxWorkspace } from "../../doubles/model/sandbox-workspace.ts";
import { startScriptedModel, type Script, type ScriptedModel, type Turn } from "../../doubles/model/scripted-model.ts";
import { key } from "./story.ts";

/** The real program of the SDK in a real sandbox, before a scripted model. */
export interface ClaudeStage {
  readonly backend: AgentBackend;
  readonly model: ScriptedModel;
  readonly workspace: SandboxWorkspace;
}

export interface StageOptions {
  readonly script: Script;
  readonly files?: Readonly<Record<string, string>>;
  readonly limits?: Partial<SandboxLimits>;
  readonly load?: ClaudeOptions["load"];
}

/** Runs a test on a stage and takes it down, whatever happens. */
export async function onStage<T>(options: StageOptions, use: (stage: ClaudeStage) => Promise<T>): Promise<T> {
  const model = await startScriptedModel({ script: options.script });
  const workspace = await sandboxWorkspace(options.files ?? {}, options.limits);
  try {
    const backend = createClaudeBackend({
      model: "claude-sonnet-5",
      url: model.url.replace(/\/v1$/, ""),
      key,
      log: silentLog,
      limits: { retryTotalMs: 300 },
      ...(options.load && { load: options.load }),
    });
    return await use({ backend, model, workspace });
  } finally {
    await workspace.close();
    await model.close();
  }
}

export function finish(input: unknown): Turn {
  return { calls: [{ tool: "mcp__codegen__finish", input }] };
}

export function bash(command: string): Turn {
  return { calls: [{ tool: "Bash", input: { command, description: "look" } }] };
}
