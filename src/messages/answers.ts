/** Answers to commands that need words alone. Each has a marker of its own comment, so that a second delivery edits instead of repeating. */
import { configProblems, type ConfigProblemsText } from "./config-problems.ts";
import { code, details, fenced, plain, prose } from "./markdown.ts";
import type { Message } from "./message.ts";

/** The marker of the answer to one command of one comment. */
export function answerMarker(commentId: number, index: number): string {
  return `answer-${commentId}-${index}`;
}

export interface CommandHelp {
  readonly name: string;
  readonly help: string;
  readonly example: string;
  readonly role: string;
  readonly available: boolean;
}

export function help(marker: string, commands: readonly CommandHelp[], withoutModel: boolean): Message {
  const table = (rows: readonly CommandHelp[]) =>
    [
      "| command | what it does | who may |",
      "|---|---|---|",
      ...rows.map((row) => `| ${code(row.example)} | ${row.help} | ${row.role} |`),
    ].join("\n");
  const now = commands.filter((command) => command.available);
  const later = commands.filter((command) => !command.available);
  const parts = ["### What you can ask for", table(now)];
  if (later.length > 0) parts.push(details("Not available yet", table(later)));
  parts.push(
    "A command stands at the beginning of a line, outside quotes and code. Settings live in `.codegen.yml` on the base branch.",
  );
  if (withoutModel) parts.push(`For now ${noModelNote}`);
  return { marker, body: parts.join("\n\n") };
}

export function unknownCommand(marker: string, by: string, name: string, nearest: string | undefined): Message {
  const hint = nearest ? ` Did you mean ${code(`/codegen ${nearest}`)}?` : "";
  return {
    marker,
    body: `@${by}, there is no command ${code(name)}.${hint} \`/codegen help\` lists them.`,
  };
}

/** @param unread so many behind the first `limit` */
export function tooManyCommands(marker: string, by: string, limit: number, unread: number): Message {
  const [last, them] = unread === 1 ? ["last one", "it"] : [`last ${unread}`, "them"];
  return {
    marker,
    body: `@${by}, only the first ${limit} commands of a comment are read, so nothing was done for the ${last}. Write ${them} in another comment.`,
  };
}

export function notAvailable(marker: string, by: string, name: string, available: readonly string[]): Message {
  return {
    marker,
    body: `@${by}, ${code(`/codegen ${name}`)} is not available yet. These are: ${available.map((item) => code(`/codegen ${item}`)).join(", ")}.`,
  };
}

export function wrongPlace(marker: string, by: string, name: string, place: "issue" | "pull"): Message {
  return {
    marker,
    body: `@${by}, ${code(`/codegen ${name}`)} belongs on ${place === "issue" ? "an issue" : "a pull request"}, so nothing was done here.`,
  };
}

export function insufficientRole(marker: string, by: string, what: string, have: string, need: string): Message {
  const present = have === "none" ? "You have no role in it" : `Your role in it is **${have}**`;
  return {
    marker,
    body: `@${by}, ${code(what)} needs the role **${need}** in this repository. ${present}, so nothing was done.`,
  };
}

export function commentWasEdited(marker: string, by: string): Message {
  return {
    marker,
    body: `@${by}, your comment was edited before the command in it could be read, so nothing was done. Please write the command in a new comment.`,
  };
}

export function threadWasEdited(marker: string, by: string, what: "issue" | "pull"): Message {
  const name = what === "issue" ? "issue" : "pull request";
  return {
    marker,
    body: `@${by}, the text of this ${name} was changed after the command was given, so nothing was done. Read it and ask again.`,
  };
}

export function threadClosed(marker: string, by: string, what: "issue" | "pull"): Message {
  return {
    marker,
    body: `@${by}, this ${what === "issue" ? "issue" : "pull request"} is closed, so nothing was done. Reopen it and write the command again.`,
  };
}

export function alreadyMerged(marker: string, by: string): Message {
  return { marker, body: `@${by}, this pull request is merged already, so nothing was done.` };
}

export function planNotWanted(marker: string, by: string): Message {
  return {
    marker,
    body: `@${by}, this repository runs without plans (\`agent.plan: never\` in \`.codegen.yml\`). Comment \`/codegen run\` and what should be done.`,
  };
}

export function planRequired(marker: string, by: string): Message {
  return {
    marker,
    body: `@${by}, this repository asks for an approved plan before any work (\`agent.plan: required\` in \`.codegen.yml\`). Comment \`/codegen plan\`, then approve it.`,
  };
}

export function nothingToDo(marker: string, by: string, reason: string): Message {
  return { marker, body: `@${by}: ${prose(reason)}` };
}

export function modelMissing(marker: string, by: string): Message {
  return { marker, body: `@${by}, ${noModelNote}` };
}

const noModelNote =
  "no model is set up for this bot, so it can make no plans and write no code. Its operator can set `CODEGEN_MODEL` (and `CODEGEN_MODEL_URL`, `CODEGEN_MODEL_KEY`). " +
  "Without one these work: `/codegen revert`, `/codegen validate`, `/codegen ok-to-test`, `/codegen merge`, `/codegen hold`, `/codegen decline`, `/codegen cancel`, " +
  "`/codegen retry`, `/codegen where`, `/codegen status`, `/codegen config`, `/codegen help`.";

export function configBroken(marker: string, by: string, file: string, mistakes: ConfigProblemsText): Message {
  return {
    marker,
    body: `@${by}, \`${file}\` on the base branch has mistakes, so nothing runs until they are mended:\n\n${configProblems(mistakes)}`,
  };
}

export function effectiveConfig(marker: string, yaml: string, from: string, notInEffect: readonly string[]): Message {
  const parts = [`### Configuration in force\n\n${from}`, fenced(yaml, "yaml")];
  if (notInEffect.length > 0)
    parts.push(`Read but **not acted upon** by this version: ${notInEffect.map(code).join(", ")}.`);
  return { marker, body: parts.join("\n\n") };
}

export interface RunLine {
  readonly kind: string;
  readonly state: string;
  readonly by: string;
  readonly since: string;
  readonly reason: string;
}

export function status(marker: string, runs: readonly RunLine[]): Message {
  if (runs.length === 0)
    return { marker, body: "Nothing has run here yet. `/codegen help` shows what you can ask for." };
  const rows = runs.map(
    (run) => `| ${run.kind} | ${run.state} | ${plain(run.by)} | ${run.since} | ${plain(run.reason)} |`,
  );
  return {
    marker,
    body: [
      "### What runs and ran here",
      ["| run | state | asked by | since | |", "|---|---|---|---|---|", ...rows].join("\n"),
    ].join("\n\n"),
  };
}

export function cancelled(marker: string, by: string, kinds: readonly string[]): Message {
  if (kinds.length === 0) return { marker, body: `@${by}, nothing is running here, so there was nothing to cancel.` };
  return { marker, body: `⏹️ Cancelling, as @${by} asked: ${kinds.join(", ")}.` };
}

/** One thing at a time on a thread: the next one has to wait. */
export function waits(marker: string, by: string, ahead: { kind: string; actor: string }): Message {
  const what = `a run that @${ahead.actor} asked for (${code(ahead.kind)})`;
  return {
    marker,
    body: `⏳ @${by}, ${what} is at work here. Yours is next; a newer request would take its place. \`/codegen cancel\` stops both.`,
  };
}

export function gaveWay(marker: string, by: string): Message {
  return {
    marker,
    body: `⏭️ @${by}, your request gave way to a newer one before its turn came, so nothing was done for it.`,
  };
}

/** The same for checks, which a push asks for too. */
export function validationGaveWay(marker: string, by: string): Message {
  return {
    marker,
    body: `⏭️ @${by}, the checks were asked for anew, by a push or by a newer request, before yours could begin, so nothing was done for your comment. Those of the present head say how it goes on.`,
  };
}

export function retried(marker: string, by: string, run: { kind: string; state: string }): Message {
  return {
    marker,
    body: `🔁 The last run that did not succeed (${code(run.kind)}, ${run.state}) starts again, as @${by} asked.`,
  };
}

export function nothingToRetry(marker: string, by: string): Message {
  return {
    marker,
    body: `@${by}, no run failed or was cancelled here since the last one that succeeded, so there is nothing to try again.`,
  };
}

export function held(marker: string, by: string, label: string, on: boolean): Message {
  return on
    ? {
        marker,
        body: `✋ On hold, as @${by} asked: while the label ${code(label)} is here, nothing is merged. \`/codegen hold off\` lifts it.`,
      }
    : { marker, body: `The hold was lifted, as @${by} asked.` };
}

/** Our own fault, as the reason of a failure. */
export function ourFault(runId: string): string {
  return `Something went wrong on our side, also after trying again (run ${runId}).`;
}

/** Our own fault: said once, on the last attempt, without inner workings. */
export function internalError(marker: string, what: string, runId: string): Message {
  return {
    marker,
    body: `❌ Something went wrong on our side during ${code(what)}, also after trying again. Nothing more happens by itself: write the command again to retry.\n\n<sub>run ${runId}</sub>`,
  };
}
