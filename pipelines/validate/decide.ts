import { minimatch } from "minimatch";
import { application } from "../../src/config/needs.ts";
import type { ConfigProblems } from "../../src/config/port.ts";
import type { CodegenConfig } from "../../src/config/schema.ts";
import type { Sha } from "../../src/domain/ids.ts";
import { maxPullFiles } from "../../src/github/pulls.ts";
import { nothingToDo } from "../../src/messages/answers.ts";
import { lookAgain, notFromFork } from "../../src/messages/forks.ts";
import type { Message } from "../../src/messages/message.ts";
import type { Withheld } from "../secrets.ts";
import type { ValidationFacts } from "./read.ts";
import { withNeeds } from "./schedule.ts";

type Validation = CodegenConfig["validation"];
export type Deploy = NonNullable<Validation["deploy"]>;

/** What is run for one check. */
export type Command = Validation["commands"][number] & {
  /** It is the application, which is waited for and goes on running. */
  readonly deploy?: Deploy;
};

/** Every check that a validation can make, the application's first, as it takes its time to start. */
export function commandsOf({ validation: { commands, deploy } }: CodegenConfig): readonly Command[] {
  if (deploy === undefined) return commands;
  const { start: run, needs, timeout, environment: env, secrets } = deploy;
  return [
    { name: application, run, needs, timeout, retries: 0, allow_failure: false, env, secrets, deploy },
    ...commands,
  ];
}

export type Scope =
  | { readonly end: "nothing"; readonly reason: string }
  /** The file asks for no check of this pull, so a merge need not wait for one. */
  | { readonly end: "no-check"; readonly reason: string; readonly config: CodegenConfig }
  | { readonly end: "answer"; readonly message: Message }
  /** A fork's pull that nobody with write access has asked to validate. */
  | { readonly end: "gate"; readonly head: Sha; readonly author: string; readonly analysis: AnalysisScope | null }
  | ({ readonly end: "invalid-config"; readonly head: Sha; readonly path: string } & ConfigProblems)
  | ReadyScope;

/** What reading the code takes. */
export interface AnalysisScope {
  readonly head: Sha;
  readonly fromFork: boolean;
  /** The tip of the base branch when the facts were read. */
  readonly base: Sha;
  readonly config: CodegenConfig;
}

export interface ReadyScope extends AnalysisScope {
  readonly end: "ready";
  readonly author: string;
  /** Who let this head of a fork run; null where nobody has to. */
  readonly letInBy: string | null;
  /** The branch that the pull goes into. */
  readonly branch: string;
  /** Whether the code is read as well. */
  readonly analysis: boolean;
  readonly commands: readonly Command[];
  /** They have nothing to say about what the pull changes. */
  readonly skipped: readonly Command[];
  /** Only some of the commands were asked for; the checks of the others stay as they are. */
  readonly partial: boolean;
  /** Why the commands get no secrets, if so. */
  readonly withheld: Withheld;
}

/** What is to be validated, if anything. Configuration is the base branch's; the pull can change nothing about it. */
export function decideScope(facts: ValidationFacts): Scope {
  const { base, pull } = facts;
  if (facts.ended !== null || base === null || pull === null)
    return { end: "nothing", reason: facts.ended ?? "nothing is left to validate" };
  if (!pull.open) return { end: "nothing", reason: "the pull is closed" };
  const head = pull.head.sha;
  if (facts.wantedHead !== null && facts.wantedHead !== head)
    return { end: "nothing", reason: "a newer head has taken its place" };
  if (base.config.state === "invalid") return { ...base.config, end: "invalid-config", head, path: base.configPath };
  const { config } = base.config;
  const { forks } = config.validation;
  const commands = commandsOf(config);
  if (!facts.asked && !config.triggers.on_pull.includes("validate"))
    return { end: "no-check", reason: "triggers.on_pull does not ask for validation", config };
  const { only = null } = facts;
  const analysis = facts.analysable === true && (only === null || only.includes(analysisNameIn(config)));
  if (commands.length === 0 && facts.analysable !== true) {
    if (!facts.asked || facts.marker === null) return { end: "no-check", reason: "no commands are configured", config };
    return {
      end: "answer",
      message: nothingToDo(
        facts.marker,
        facts.actor,
        "`.codegen.yml` on the base branch names no `validation.commands`, and the pull changes no code that could be read, so there is nothing to validate.",
      ),
    };
  }
  if (facts.letsIn === true && facts.marker !== null && !pull.fromFork)
    return { end: "answer", message: notFromFork(facts.marker, facts.actor) };
  const consent = facts.consent ?? { end: "none" };
  if (pull.fromFork && forks !== "validate" && consent.end !== "given") {
    if (consent.end === "refused" && facts.marker !== null)
      return { end: "answer", message: lookAgain(facts.marker, facts.actor, head, consent.why) };
    if (forks === "ignore" && !facts.asked) return { end: "nothing", reason: "pulls from forks are ignored here" };
    // Reading is no running: it waits for nobody.
    const read = { head, fromFork: true, base: base.sha, config };
    if (commands.length > 0) return { end: "gate", head, author: pull.author, analysis: analysis ? read : null };
  }
  const applying = commands.filter((command) => applies(command, facts.paths));
  const concerned = withNeeds(applying, commands);
  // What a command needs is made anew in the files of this validation.
  const asked = only === null ? concerned : concerned.filter(({ name }) => only.includes(name));
  return {
    end: "ready",
    head,
    fromFork: pull.fromFork,
    author: pull.author,
    letInBy: pull.fromFork && consent.end === "given" ? consent.by : null,
    base: base.sha,
    branch: base.branch,
    config,
    analysis,
    commands: withNeeds(asked, commands),
    skipped: commands.filter((command) => !concerned.includes(command)),
    partial: only !== null,
    withheld: pull.fromFork ? "fork" : facts.byBot === true && !facts.asked ? "bot" : null,
  };
}

/** The name of the check that reads the code: another one where a command of the repository has taken it. */
export function analysisNameIn(config: CodegenConfig): string {
  const isTaken = commandsOf(config).some(({ name }) => name.toLowerCase() === "analysis");
  return isTaken ? "code analysis" : "analysis";
}

/** Whether a command has anything to say about a change of these files. */
export function applies(command: Command, paths: readonly string[]): boolean {
  const { when } = command;
  // Of a pull with more files GitHub lists no more, so nobody knows what else it changes.
  if (when === undefined || paths.length >= maxPullFiles) return true;
  return paths.some((path) => when.some((glob) => minimatch(path, glob, { dot: true })));
}
