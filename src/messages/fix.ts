import { leftSentence, workText, type LeftBehind, type WorkText } from "./agent.ts";
import { code, details, fenced, plain, prose, sentence } from "./markdown.ts";
import type { Message } from "./message.ts";

/** The one comment of a pull that follows its mending; edited in place. */
const marker = "fix";

export interface AttemptNumber {
  readonly number: number;
  readonly of: number;
}

export function fixStarted(
  by: string,
  what: { failing: readonly string[]; threads: number; attempt: AttemptNumber | null },
): Message {
  const parts = [
    ...(what.failing.length > 0 ? [`what fails in ${names(what.failing)}`] : []),
    ...(what.threads > 0 ? [what.threads === 1 ? "what a reviewer asks for" : `${what.threads} review threads`] : []),
  ];
  const about = parts.length > 0 ? parts.join(" and ") : "what was asked for";
  return {
    marker,
    body: `🔧 **Codegen is working on ${about}**${numbered(what.attempt)}, for @${by}.\n\n\`/codegen cancel\` stops it.`,
  };
}

export function fixPushed(
  by: string,
  report: WorkText & { commit: string; webUrl: string },
  attempt: AttemptNumber | null,
): Message {
  return {
    marker,
    body: `🔧 **Pushed ${link(report.webUrl, report.commit)}**${numbered(attempt)}, for @${by}. The checks run again.\n\n${workText(report)}`,
  };
}

/** A service that works elsewhere pushes by itself. */
export function fixElsewhere(by: string, summary: string): Message {
  return { marker, body: `🔧 **The agent says that it pushed to this pull**, for @${by}.\n\n${prose(summary)}` };
}

export interface TriedText {
  readonly title: string | null;
  readonly commit: string | null;
  readonly reason: string | null;
  readonly failing: readonly string[];
}

export interface StopText {
  readonly why: "same failure again" | "tried often enough" | "nothing changed" | "tests became weaker";
  readonly failing: readonly { readonly name: string; readonly cause: string }[];
  readonly tried: readonly TriedText[];
  readonly webUrl: string;
  /** Of the attempt that ended it, if one was made. */
  readonly work: WorkText | null;
}

/** The bot stops by itself: why, what was tried, and whose turn it is. */
export function fixStopped(requester: string, stop: StopText): Message {
  const parts = [`🛑 **Codegen stopped, and @${requester} has to look.** ${reasons[stop.why]}`];
  if (stop.work !== null) parts.push(workText(stop.work));
  if (stop.tried.length > 0)
    parts.push(
      `**What was tried**\n${stop.tried.map((one, index) => `${index + 1}. ${triedText(one, stop.webUrl)}`).join("\n")}`,
    );
  for (const { name, cause } of stop.failing.slice(0, shownCauses))
    parts.push(details(`What fails in ${plain(name)}`, fenced(cause)));
  parts.push(
    "The branch stays as it is. Push a change, or comment `/codegen fix` and what should be done differently.",
  );
  return { marker, body: parts.join("\n\n") };
}

const shownCauses = 5;

const reasons: Readonly<Record<StopText["why"], string>> = {
  "same failure again": "The same failure came back after it was worked on, so another attempt would lead nowhere.",
  "tried often enough": "It was tried as often as `agent.max_attempts` in `.codegen.yml` allows.",
  "nothing changed": "The last attempt changed no file.",
  "tests became weaker":
    "The last attempt would have made tests or checks weaker to become green, so it was not pushed. Somebody has to decide whether that is right.",
};

export function fixFailed(by: string, reason: string): Message {
  return {
    marker,
    body: `❌ **This pull could not be mended.** ${prose(reason)}\n\nNothing was pushed. @${by}, comment \`/codegen fix\` to try again, or \`/codegen help\` for what else works.`,
  };
}

/** @param why our own sentence, with who asked for it */
export function fixCancelled(why: string, left: LeftBehind | null): Message {
  return { marker, body: `⏹️ **The mending was cancelled.** ${why} ${leftSentence(left, "pushed")}` };
}

/** Said once, however often the agent is asked in vain. */
export function fixParked(by: string, reason: string): Message {
  return {
    marker,
    body: `⏸️ **The mending waits.** ${prose(reason)}\n\nIt goes on by itself as soon as the agent can be had again, for a day at most. @${by}, \`/codegen cancel\` ends it.`,
  };
}

export function fixOnFork(answer: string, by: string): Message {
  return {
    marker: answer,
    body: `@${by}, this pull comes from a fork, where the bot may not push, so nothing was done.`,
  };
}

export function nothingToFix(answer: string, by: string): Message {
  return {
    marker: answer,
    body: `@${by}, no check is known to fail at the present head and no review thread is open, so there is nothing to fix. \`/codegen fix\` and a sentence about what is wrong works as well.`,
  };
}

/** The answer in a thread of a review. */
export function threadAnswer(answer: string, given: { done: boolean; text: string; commit: string | null }): Message {
  const words = given.text === "" ? "" : ` ${prose(given.text)}`;
  if (given.done && given.commit !== null) return { marker: answer, body: `✅ Done in ${given.commit}.${words}` };
  return { marker: answer, body: `↩️ Not done.${words || " The agent gave no reason."}` };
}

/** Code comes before words: an open backtick in them would take it apart. */
function triedText({ title, commit, reason, failing }: TriedText, webUrl: string): string {
  const where = [...(failing.length > 0 ? [names(failing)] : []), ...(commit === null ? [] : [link(webUrl, commit)])];
  const said = [title, reason].filter((text) => text !== null && text !== "").map((text) => sentence(text ?? ""));
  return [where.join(", "), said.join(" · ")].filter((part) => part !== "").join(": ");
}

function names(failing: readonly string[]): string {
  return failing.map(code).join(", ");
}

function numbered(attempt: AttemptNumber | null): string {
  return attempt === null ? "" : ` (attempt ${attempt.number} of ${attempt.of})`;
}

function link(webUrl: string, commit: string): string {
  return `[${code(commit.slice(0, 7))}](${webUrl}/commit/${commit})`;
}
