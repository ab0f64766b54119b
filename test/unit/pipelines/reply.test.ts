import { describe, expect, test } from "@jest/globals";
import { decideReply } from "../../../pipelines/reply/decide.ts";
import type { ReplyFacts } from "../../../pipelines/reply/read.ts";
import { commandNames, grammar } from "../../../src/commands/grammar.ts";
import { parseCommands, type ParsedCommand } from "../../../src/commands/parse.ts";
import { commentWasEdited } from "../../../src/messages/answers.ts";
import { base, brokenBase, config } from "./facts.ts";

type Facts = Extract<ReplyFacts, { end: "facts" }>;

function parsed(text: string): ParsedCommand {
  const [command] = parseCommands(text);
  if (!command) throw new Error(`no command in ${text}`);
  return command;
}

function answer(text: string, more: Partial<Facts> = {}): string | null {
  const facts: Facts = {
    end: "facts",
    parsed: parsed(text),
    marker: "answer-1-0",
    actor: "alice",
    role: "read",
    isPull: false,
    base: base(),
    runs: [],
    modelMissing: false,
    ...more,
  };
  const message = decideReply(facts);
  if (message !== null && "search" in message) return "searched";
  expect(message?.marker ?? "answer-1-0").toBe("answer-1-0");
  return message?.body ?? null;
}

describe("the answer", () => {
  test("to somebody who cannot read the repository is silence", () => {
    for (const name of [...commandNames, "dance"]) expect(answer(`/codegen ${name}`, { role: "none" })).toBeNull();
  });

  test("to nothing is silence, and to an edited comment that it was edited", () => {
    expect(decideReply({ end: "nothing" })).toBeNull();
    const message = commentWasEdited("answer-1-0", "alice");
    expect(decideReply({ end: "edited", message })).toBe(message);
  });

  test("to help names every command with the role that it needs", () => {
    const help = answer("/codegen help", { base: base(config({ permissions: { plan: "admin" } })) }) ?? "";
    for (const name of commandNames) expect(help).toContain(`\`${grammar[name].example}\``);
    expect(help).toMatch(/`\/codegen plan` \|[^|]+\| admin \|/);
    expect(help).toMatch(/`\/codegen merge` \|[^|]+\| maintain \|/);
    expect(help.indexOf("/codegen review")).toBeGreaterThan(help.indexOf("Not available yet"));
    expect(help).not.toContain("CODEGEN_MODEL");
    expect(answer("/codegen help", { modelMissing: true })).toContain("CODEGEN_MODEL");
    expect(answer("/codegen help", { base: brokenBase })).toMatch(/`\/codegen plan` \|[^|]+\| triage \|/);
  });

  test("to more commands than are read is one that says so", () => {
    const of = (count: number) => parseCommands("/codegen help\n".repeat(count)).at(-1) ?? parsed("/codegen");
    expect(answer("/codegen", { parsed: of(12) })).toBe(
      "@alice, only the first 10 commands of a comment are read, so nothing was done for the last 2. Write them in another comment.",
    );
    expect(answer("/codegen", { parsed: of(11) })).toContain("for the last one. Write it in another comment");
  });

  test("to help without a model names every command that works without one", () => {
    const note = answer("/codegen help", { modelMissing: true })?.split("Without one these work: ")[1];
    const needModel = ["plan", "approve", "revise", "run", "fix"];
    const others = commandNames.filter((name) => grammar[name].available && !needModel.includes(name));
    expect(note).toMatch(new RegExp(`^${others.map((name) => `\`/codegen ${name}\``).join(", ")}\\.`));
  });

  test("to nothing behind the word is help", () => {
    expect(answer("/codegen")).toBe(answer("/codegen help"));
  });

  test("to an unknown command names the nearest", () => {
    expect(answer("/codegen statsu")).toContain("Did you mean `/codegen status`?");
  });

  test.each(commandNames.filter((name) => !grammar[name].available))("to %s is that it does not exist yet", (name) => {
    expect(answer(`/codegen ${name}`, { isPull: true })).toContain("is not available yet");
  });

  test("to a command in the wrong place is the right one", () => {
    expect(answer("/codegen merge")).toContain("belongs on a pull request");
    expect(answer("/codegen plan", { isPull: true })).toContain("belongs on an issue");
  });

  test("to where is looked for in the code, for people who may ask for plans", () => {
    expect(answer("/codegen where the total is wrong")).toContain("needs the role **triage**");
    expect(answer("/codegen where the total is wrong", { role: "triage" })).toBe("searched");
    expect(answer("/codegen where", { role: "triage", isPull: true, base: brokenBase })).toBe("searched");
  });

  test("to a command that another pipeline serves is silence", () => {
    expect(answer("/codegen plan")).toBeNull();
  });

  test("to status names the runs", () => {
    const runs = [{ kind: "plan", state: "failed", by: "bob", since: "2026-01-01 10:00:00 UTC", reason: "no model" }];
    expect(answer("/codegen status", { runs })).toContain(
      "| plan | failed | bob | 2026-01-01 10:00:00 UTC | no model |",
    );
  });

  test("to config shows what is in force and where it comes from", () => {
    expect(answer("/codegen config")).toContain("From `.codegen.yml` on `main` at ccccccc");
    const absent = { ...base(), config: { state: "absent", config: config() } } as const;
    expect(answer("/codegen config", { base: absent })).toContain("There is no `.codegen.yml` on `main` at ccccccc");
    expect(answer("/codegen config", { base: { ...base(), branch: "a`b" } })).toContain("``a`b``");
    const shown = answer("/codegen config") ?? "";
    expect(shown).toContain("  max_attempts: 3");
    expect(shown).not.toContain("undefined");
  });

  test("to config names what is read but not acted upon", () => {
    const later = { ...base(), config: { state: "ok", config: config(), notInEffect: ["web"] } } as const;
    expect(answer("/codegen config", { base: later })).toContain("not acted upon** by this version: `web`");
  });

  test("to config names the mistakes", () => {
    expect(answer("/codegen config", { base: brokenBase })).toContain("line 2, column 3: There is no such key.");
  });
});
