import { nearest } from "../../src/commands/nearest.ts";
import { messageOf, StartError, TransientError, UserError } from "../../src/errors.ts";
import * as messages from "../../src/messages/cli.ts";
import { commands, type CommandEntry } from "./commands.ts";
import { UsageError, type Terminal } from "./subcommand.ts";

/** 0: done. 1: it could not be done. 2: the line makes no sense. */
export type ExitCode = 0 | 1 | 2;

/** Runs one line of arguments. Never throws; what is wrong is said on the terminal's error side. */
export async function runCommandLine(
  args: readonly string[],
  terminal: Terminal,
  known: Readonly<Record<string, CommandEntry>> = commands,
): Promise<ExitCode> {
  const [name, ...rest] = args;
  const summaries = Object.entries(known).map(([command, { summary }]) => ({ command, summary }));
  if (name === undefined || name === "help" || isHelp(name)) {
    const [about] = rest;
    const entry = about === undefined ? undefined : entryOf(known, about);
    if (about !== undefined && entry === undefined) return refuse(about, known, terminal);
    terminal.out(entry === undefined ? messages.cliHelp(summaries) : (await entry.load()).help);
    return 0;
  }
  const entry = entryOf(known, name);
  if (entry === undefined) return refuse(name, known, terminal);
  const command = await entry.load();
  if (rest.some(isHelp)) {
    terminal.out(command.help);
    return 0;
  }
  try {
    return await command.run(rest, terminal);
  } catch (error) {
    if (error instanceof UsageError || isParseError(error)) {
      terminal.err(messages.cliUsage(messageOf(error), name));
      return 2;
    }
    const isExpected = [StartError, UserError, TransientError].some((kind) => error instanceof kind);
    terminal.err(isExpected || !(error instanceof Error) ? messageOf(error) : (error.stack ?? error.message));
    return 1;
  }
}

function entryOf(known: Readonly<Record<string, CommandEntry>>, name: string): CommandEntry | undefined {
  return Object.hasOwn(known, name) ? known[name] : undefined;
}

function refuse(name: string, known: Readonly<Record<string, CommandEntry>>, terminal: Terminal): ExitCode {
  terminal.err(messages.cliUnknown(name, nearest(name, Object.keys(known))));
  return 2;
}

function isHelp(argument: string): boolean {
  return argument === "--help" || argument === "-h";
}

/** As `parseArgs` of node:util refuses an option. */
function isParseError(error: unknown): boolean {
  return (
    typeof error === "object" && error !== null && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS")
  );
}
