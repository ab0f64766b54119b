import type * as Sdk from "@anthropic-ai/claude-agent-sdk";
import { chain } from "../network-code.ts";

export type ClaudeSdk = Pick<typeof Sdk, "query" | "tool" | "createSdkMcpServer">;

/**
 * Brings the release that this back-end was tried with. `--save-prod` because it is a tool of our tests, which `--omit=dev` would leave out
 * again, and `--no-save` because nothing else is to change.
 */
const install = "npm install --no-save --save-prod --omit=dev @anthropic-ai/claude-agent-sdk@0.3.329";

export class SdkMissing extends Error {
  override readonly name = "SdkMissing";
  constructor(cause: unknown) {
    super(
      `The Claude Agent SDK, or its program for this machine, is not installed beside the bot. The operator of this bot has to run \`${install}\` in the bot's directory, or to unset CODEGEN_CLAUDE_KEY.`,
      { cause },
    );
  }
}

/**
 * Loads the SDK, which is an optional part of the bot: its program is large, and its licence does not allow to ship it.
 * @throws SdkMissing
 */
export async function loadSdk(): Promise<ClaudeSdk> {
  try {
    return await import("@anthropic-ai/claude-agent-sdk");
  } catch (error) {
    throw isMissing(error) ? new SdkMissing(error) : error;
  }
}

/** Whether an error says that the SDK, something that it needs, or its program is not there. */
export function isMissing(error: unknown): boolean {
  return chain(error).some(
    (link) =>
      ("code" in link && (link.code === "ERR_MODULE_NOT_FOUND" || link.code === "MODULE_NOT_FOUND")) ||
      /^(Native CLI binary|Claude Code (native )?(binary|executable)) .*not found/.test(link.message),
  );
}
