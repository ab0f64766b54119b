#!/usr/bin/env node
/** Process entry of the command line: `codegen COMMAND …`. It works on this host's data folder, also while the bot runs. */
import { keepCompiled } from "./cli/compiled.ts";

keepCompiled();
// Only what is loaded from here on is kept.
const { runCommandLine } = await import("./cli/command-line.ts");

process.exitCode = await runCommandLine(process.argv.slice(2), {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
});
