import type { Options } from "@anthropic-ai/claude-agent-sdk";
import { finishTool } from "./prompt.ts";

/** How the program is to work: with these tools alone, and with nothing that it finds in files. */
export function programOptions(
  job: { readonly instructions: string; readonly tools: readonly string[]; readonly readOnly: boolean },
  model: string,
): Options {
  return {
    model,
    systemPrompt: job.instructions,
    cwd: "/workspace",
    // Set, the process's own environment stays out of it.
    env: {},
    tools: [...job.tools],
    allowedTools: [...job.tools, finishTool],
    // What is not allowed is refused: nobody is there to be asked.
    permissionMode: job.readOnly ? "dontAsk" : "acceptEdits",
    settingSources: [],
    strictMcpConfig: true,
    plugins: [],
    skills: [],
    persistSession: false,
    // The task quotes what contributors wrote: no file is read and no command run because it names one.
    verbatimPrompts: true,
  };
}

/**
 * All that the program's environment holds.
 * @param ticket what the relay wants to see in place of a key
 */
export function programEnvironment(model: string, ticket: string): Readonly<Record<string, string>> {
  const models = [
    "ANTHROPIC_SMALL_FAST_MODEL",
    "ANTHROPIC_DEFAULT_HAIKU_MODEL",
    "ANTHROPIC_DEFAULT_SONNET_MODEL",
    "ANTHROPIC_DEFAULT_OPUS_MODEL",
  ];
  return {
    ANTHROPIC_API_KEY: ticket,
    ...Object.fromEntries(models.map((name) => [name, model])),
    // In memory and made for this program alone: what set-up commands left in the home directory configures nothing.
    CLAUDE_CONFIG_DIR: "/tmp/claude",
    CLAUDE_CODE_ENTRYPOINT: "sdk-ts",
    CLAUDE_CODE_MAX_RETRIES: "3",
    // Bounds what one answer may cost beyond the budget, which is asked before it.
    CLAUDE_CODE_MAX_OUTPUT_TOKENS: "32000",
    ...Object.fromEntries(switchedOff.map((name) => [name, "1"])),
    LANG: "C.UTF-8",
  };
}

const switchedOff = [
  "DISABLE_TELEMETRY",
  "DISABLE_ERROR_REPORTING",
  "DISABLE_AUTOUPDATER",
  "DISABLE_INSTALLATION_CHECKS",
  "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
  "CLAUDE_CODE_DISABLE_LEGACY_MODEL_REMAP",
  "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS",
  "CLAUDE_CODE_DISABLE_AUTO_MEMORY",
  "CLAUDE_CODE_DISABLE_CLAUDE_MDS",
  "CLAUDE_CODE_DISABLE_FILE_CHECKPOINTING",
];
