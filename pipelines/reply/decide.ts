import { stringify } from "yaml";
import { commandNames, grammar, type CommandName } from "../../src/commands/grammar.ts";
import { commandLimit } from "../../src/commands/parse.ts";
import { atLeast } from "../../src/domain/permission.ts";
import * as answers from "../../src/messages/answers.ts";
import { code } from "../../src/messages/markdown.ts";
import type { Message } from "../../src/messages/message.ts";
import { requiredRole } from "../admission.ts";
import type { Base } from "../base.ts";
import type { ReplyFacts } from "./read.ts";

type Asked = Extract<ReplyFacts, { end: "facts" }>;

/** The answer to a command that needs words alone; null when there is nobody to answer. For some the code has to be searched first. */
export function decideReply(facts: ReplyFacts): Message | { readonly search: Asked } | null {
  if (facts.end === "nothing") return null;
  if (facts.end === "edited") return facts.message;
  const { parsed, marker, actor, role, base, isPull } = facts;
  // Somebody who cannot even read the repository gets no answer out of it.
  if (!atLeast(role, "read")) return null;
  if (!parsed.known) {
    if ("unread" in parsed) return answers.tooManyCommands(marker, actor, commandLimit, parsed.unread);
    return parsed.name === null
      ? help(facts, marker)
      : answers.unknownCommand(marker, actor, parsed.name, parsed.nearest);
  }
  const { name } = parsed;
  if (!grammar[name].available) {
    return answers.notAvailable(
      marker,
      actor,
      name,
      commandNames.filter((other) => grammar[other].available),
    );
  }
  if (!grammar[name].where.includes(isPull ? "pull" : "issue"))
    return answers.wrongPlace(marker, actor, name, isPull ? "issue" : "pull");
  const need = requiredRole(name, base.config.state === "invalid" ? null : base.config.config);
  if (answered.has(name) && !atLeast(role, need))
    return answers.insufficientRole(marker, actor, `/codegen ${name}`, role, need);
  if (name === "where") return { search: facts };
  if (name === "help") return help(facts, marker);
  if (name === "status") return answers.status(marker, facts.runs);
  if (name === "config") return effectiveConfig(base, marker, actor);
  // Everything else is done by a pipeline of its own and never comes here.
  return null;
}

const answered: ReadonlySet<CommandName> = new Set(["help", "status", "config", "where"]);

function help(facts: Asked, marker: string): Message {
  const config = facts.base.config.state === "invalid" ? null : facts.base.config.config;
  const row = (name: CommandName) => ({ ...grammar[name], name, role: requiredRole(name, config) });
  return answers.help(marker, commandNames.map(row), facts.modelMissing);
}

function effectiveConfig(base: Base, marker: string, actor: string): Message {
  if (base.config.state === "invalid") return answers.configBroken(marker, actor, base.configPath, base.config);
  const commit = `${code(base.branch)} at ${base.sha.slice(0, 7)}`;
  const from =
    base.config.state === "absent"
      ? `There is no \`${base.configPath}\` on ${commit}, so these are the defaults.`
      : `From \`${base.configPath}\` on ${commit}, with defaults filled in. Times are in milliseconds, sizes in bytes.`;
  return answers.effectiveConfig(
    marker,
    stringify(base.config.config, { lineWidth: 0 }),
    from,
    base.config.state === "ok" ? base.config.notInEffect : [],
  );
}
