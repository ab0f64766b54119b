import { commandLines } from "./command-lines.ts";
import { grammar, isCommandName, type CommandName } from "./grammar.ts";
import { nearestCommand } from "./nearest.ts";

/** One `/codegen …` of a comment. `index` counts from 0, `line` from 1. */
export type ParsedCommand =
  | {
      readonly index: number;
      readonly line: number;
      readonly known: true;
      readonly name: CommandName;
      readonly argument: string;
    }
  /** Not in the grammar. `name` is what stands there, cut to 40 characters: somebody else's text, to be shown with care. */
  | {
      readonly index: number;
      readonly line: number;
      readonly known: false;
      readonly name: string;
      readonly nearest?: CommandName;
    }
  /** `/codegen` and nothing behind it. */
  | { readonly index: number; readonly line: number; readonly known: false; readonly name: null }
  /** The first that is not read, since there are too many. `unread` counts it and those behind it. */
  | {
      readonly index: number;
      readonly line: number;
      readonly known: false;
      readonly name: null;
      readonly unread: number;
    };

/** More commands than this in one comment are not read; one more entry says so. */
export const commandLimit = 10;

const longestName = 40;

/**
 * Reads the commands of an issue, pull or review comment. Pure and total: the edge and the worker both call it, and
 * the same text always gives the same commands with the same indexes. See command-lines.ts for what counts as one.
 */
export function parseCommands(comment: string): readonly ParsedCommand[] {
  const text = comment.replaceAll(/\r\n?/g, "\n");
  const starts = commandLines(text);
  if (starts.length === 0) return [];
  const lines = text.split("\n");
  return starts.slice(0, commandLimit + 1).map((start, index): ParsedCommand => {
    if (index === commandLimit)
      return { index, line: start + 1, known: false, name: null, unread: starts.length - commandLimit };
    const [word = "", rest = ""] = split((lines[start] ?? "").trim().slice("/codegen".length).trim());
    const place = { index, line: start + 1 };
    if (word === "") return { ...place, known: false, name: null };
    const name = word.toLowerCase();
    if (!isCommandName(name)) {
      const nearest = nearestCommand(name);
      return { ...place, known: false, name: word.slice(0, longestName), ...(nearest && { nearest }) };
    }
    const argument = grammar[name].takesText ? [rest, ...textBelow(lines, start, starts)].join("\n") : rest;
    return { ...place, known: true, name, argument: withoutComments(argument) };
  });
}

function split(text: string): readonly string[] {
  const space = text.search(/\s/);
  return space === -1 ? [text] : [text.slice(0, space), text.slice(space).trim()];
}

function textBelow(lines: readonly string[], start: number, starts: readonly number[]): readonly string[] {
  const end = lines.findIndex((line, index) => index > start && (line.trim() === "" || starts.includes(index)));
  return lines.slice(start + 1, end === -1 ? lines.length : end);
}

/** What a reader cannot see must not instruct the agent. */
function withoutComments(argument: string): string {
  return argument.replaceAll(/<!--[\s\S]*?(?:-->|$)/g, "").trim();
}
