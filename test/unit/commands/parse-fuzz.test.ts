import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { commandLimit, parseCommands } from "../../../src/commands/parse.ts";

const piece = fc.oneof(
  fc.constantFrom(
    ..."/codegen plan|/codegen|/codegen run x|> |- |1. |    |\t|`|``|```|~~~|<!--|-->|<details>|</details>|<pre>|</pre>|[a](|)|](b)|![|\\|*|**|#|---|===|\n|\n\n|\r\n|\r| |<|>|<b |&#47;|text".split(
      "|",
    ),
  ),
  fc.string({ maxLength: 6 }),
);
const comment = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));
const runs = { numRuns: 250 };

function each(text: string, change: (line: string) => string): string {
  return text
    .split(/\r\n?|\n/)
    .map(change)
    .join("\n");
}

test("any text is read without an error, always the same way, and only lines that begin with the word count", () => {
  fc.assert(
    fc.property(comment, (text) => {
      const commands = parseCommands(text);
      const lines = text.split(/\r\n?|\n/);
      expect(commands.length).toBeLessThanOrEqual(commandLimit + 1);
      for (const [index, command] of commands.entries()) {
        expect(command.index).toBe(index);
        expect(lines[command.line - 1]).toMatch(/^ {0,3}\/codegen(?:\s|$)/i);
      }
      expect(parseCommands(text)).toEqual(commands);
    }),
    runs,
  );
});

test("a quoted text asks for nothing", () => {
  fc.assert(
    fc.property(comment, (text) => expect(parseCommands(each(text, (line) => `> ${line}`))).toEqual([])),
    runs,
  );
});

test("a text inside a fence asks for nothing", () => {
  fc.assert(
    fc.property(comment, (text) =>
      expect(parseCommands(`~~~~~~~~\n${text.replaceAll("~", "")}\n~~~~~~~~`)).toEqual([]),
    ),
    runs,
  );
});

test("an indented text asks for nothing", () => {
  fc.assert(
    fc.property(comment, (text) => expect(parseCommands(each(text, (line) => `    ${line}`))).toEqual([])),
    runs,
  );
});

test("a text inside an HTML comment asks for nothing", () => {
  fc.assert(
    fc.property(comment, fc.constantFrom("", "a "), fc.boolean(), (text, before, closed) => {
      const hidden = text.replaceAll(/-+>/g, "").replaceAll("--!>", "");
      expect(parseCommands(`${before}<!-- \n${hidden}\n${closed ? "-->" : ""}`)).toEqual([]);
    }),
    runs,
  );
});

test("a list item asks for nothing", () => {
  fc.assert(
    fc.property(comment, (text) => expect(parseCommands(each(text, (line) => `- ${line.trim()}`))).toEqual([])),
    runs,
  );
});
