import { createWriter, type Writer } from "../src/github/writer.ts";
import type { PipelineDeps } from "./deps.ts";
import type { RunEnding } from "./run-context.ts";

/** The writer for one run, or for its last words. */
export function runWriter({ settings }: Pick<PipelineDeps, "settings">, run: Pick<RunEnding, "fence" | "log">): Writer {
  return createWriter({ fence: run.fence, log: run.log, lookAgainAfter: settings.lookAgainMs });
}
