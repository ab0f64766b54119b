import { describe, expect, test } from "@jest/globals";
import { parseArgs } from "node:util";
import { runCommandLine } from "../../../handlers/cli/command-line.ts";
import { commands, type CommandEntry } from "../../../handlers/cli/commands.ts";
import { UsageError } from "../../../handlers/cli/subcommand.ts";
import { UserError } from "../../../src/errors.ts";

const ends = (run: (args: readonly string[]) => 0 | 1): CommandEntry => ({
  summary: "does it",
  load: () => Promise.resolve({ help: "codegen greet NAME", run: (args) => Promise.resolve().then(() => run(args)) }),
});

async function say(args: readonly string[], known?: Readonly<Record<string, CommandEntry>>) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommandLine(args, { out: (text) => out.push(text), err: (text) => err.push(text) }, known);
  return { code, out: out.join("\n"), err: err.join("\n") };
}

describe("the command line", () => {
  test.each([[[]], [["help"]], [["--help"]]])("lists its commands for %j", async (args) => {
    const said = await say(args);
    expect(said).toMatchObject({ code: 0, err: "" });
    for (const [name, { summary }] of Object.entries(commands))
      expect(said.out).toMatch(new RegExp(`^  ${name} +${summary}$`, "m"));
  });

  test.each([[["help", "greet"]], [["greet", "--help"]], [["greet", "x", "-h"]]])(
    "shows how a command is written for %j, without running it",
    async (args) => {
      const never = ends(() => refuse(new Error("it ran")));
      expect(await say(args, { greet: never })).toEqual({ code: 0, out: "codegen greet NAME", err: "" });
    },
  );

  test("names the nearest command for a mistyped one, and none for nonsense", async () => {
    const known = { greet: ends(() => 0) };
    expect(await say(["great"], known)).toMatchObject({
      code: 2,
      err: expect.stringContaining("Did you mean `greet`?"),
    });
    expect(await say(["help", "great"], known)).toMatchObject({ code: 2 });
    expect((await say(["toString"], known)).err).toBe("There is no command `toString`. `codegen help` lists them.");
  });

  test("ends with what the command ends with", async () => {
    expect(await say(["greet", "1"], { greet: ends(([code]) => (code === "1" ? 1 : 0)) })).toMatchObject({ code: 1 });
  });

  test.each([
    [
      "arguments that make no sense",
      () => parseArgs({ args: ["--no-such"] }),
      2,
      /--no-such[\s\S]*`codegen help greet`/,
    ],
    [
      "what a command refuses",
      () => refuse(new UsageError("It needs a name.")),
      2,
      /^It needs a name\.\n`codegen help/,
    ],
    ["what cannot be done", () => refuse(new UserError("There is no room.")), 1, /^There is no room\.$/],
    ["a fault of ours, with its place", () => refuse(new Error("oops")), 1, /oops\n\s+at /],
  ])("says %s", async (_, run, code, said) => {
    const told = await say(["greet"], { greet: ends(() => (run(), 0)) });
    expect(told).toMatchObject({ code, out: "" });
    expect(told.err).toMatch(said);
  });
});

function refuse(error: Error): never {
  throw error;
}
