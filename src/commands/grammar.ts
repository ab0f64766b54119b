import type { Role } from "../domain/permission.ts";

/** What a command can stand under. */
export type Thread = "issue" | "pull";

export interface CommandRule {
  /** The least role that may use it when `.codegen.yml` says nothing else. */
  readonly role: Role;
  readonly where: readonly Thread[];
  /** One line for the help table. */
  readonly help: string;
  readonly example: string;
  /** False: the word is reserved, and the answer is that it does not exist yet. */
  readonly available: boolean;
  /** True: the lines below the command, up to a blank line or the next command, belong to its argument. */
  readonly takesText: boolean;
}

export const commandNames = [
  "plan",
  "approve",
  "revise",
  "run",
  "fix",
  "revert",
  "review",
  "validate",
  "ok-to-test",
  "generate",
  "merge",
  "hold",
  "decline",
  "cancel",
  "retry",
  "where",
  "status",
  "config",
  "help",
] as const;
export type CommandName = (typeof commandNames)[number];

/** The closed table of `/codegen …`. A name without a rule, or a rule without help, does not compile. */
export const grammar: Readonly<Record<CommandName, CommandRule>> = {
  plan: rule("triage", ["issue"], "Propose a plan for this issue", "/codegen plan"),
  approve: rule("write", ["issue"], "Approve the latest plan and carry it out", "/codegen approve"),
  revise: {
    ...rule(
      "triage",
      ["issue"],
      "Make a new plan that takes your words into account",
      "/codegen revise keep the old API",
    ),
    takesText: true,
  },
  run: {
    ...rule("write", ["issue"], "Do the work at once, where `.codegen.yml` does not ask for a plan", "/codegen run"),
    takesText: true,
  },
  fix: {
    ...rule("write", ["pull"], "Mend what checks and reviewers found, until it is green", "/codegen fix"),
    takesText: true,
  },
  revert: rule("write", ["pull"], "Undo the last change that the bot made here", "/codegen revert"),
  review: later(rule("write", ["pull"], "Review the changes of this pull", "/codegen review")),
  validate: rule("write", ["pull"], "Validate the present head of this pull again", "/codegen validate"),
  "ok-to-test": rule(
    "write",
    ["pull"],
    "Let the checks of a pull from a fork run, at its present head",
    "/codegen ok-to-test",
  ),
  generate: later(rule("write", ["pull"], "Write tests or documentation for the changes", "/codegen generate tests")),
  merge: rule("maintain", ["pull"], "Merge this pull as soon as its conditions are met", "/codegen merge"),
  hold: rule("write", ["pull"], "Keep this pull from being merged; `off` lets go", "/codegen hold"),
  decline: {
    ...rule("write", ["pull"], "Let a finding be; written below its comment", "/codegen decline it only runs in tests"),
    takesText: true,
  },
  cancel: rule("write", ["issue", "pull"], "Stop everything that runs here", "/codegen cancel"),
  retry: rule(
    "write",
    ["issue", "pull"],
    "Run what failed last again; of checks those that did not pass",
    "/codegen retry",
  ),
  where: {
    ...rule(
      "triage",
      ["issue", "pull"],
      "Find the files and symbols that your words are about, or else this thread's",
      "/codegen where the basket is empty after a reload",
    ),
    takesText: true,
  },
  status: rule("read", ["issue", "pull"], "Say what runs here and what it waits for", "/codegen status"),
  config: rule("read", ["issue", "pull"], "Show the configuration in effect", "/codegen config"),
  help: rule("read", ["issue", "pull"], "Show this table", "/codegen help"),
};

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(grammar, name);
}

function rule(role: Role, where: readonly Thread[], help: string, example: string): CommandRule {
  return { role, where, help, example, available: true, takesText: false };
}

function later(planned: CommandRule): CommandRule {
  return { ...planned, available: false };
}
