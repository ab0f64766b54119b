import { shorten } from "./balance.ts";
import { networkParagraphs, type NetworkText } from "./network.ts";
import { code, commitText, details, fenced, list, plain, prose, sentence } from "./markdown.ts";
import { maxBody, type Message } from "./message.ts";

/** The one comment of an issue that follows the work on it; edited in place. */
const marker = "agent";

export function agentStarted(by: string, branch: string): Message {
  return {
    marker,
    body: `⏳ **Codegen is working** on this, as @${by} asked, on branch ${code(branch)}.\n\n\`/codegen cancel\` stops it.`,
  };
}

export function agentFinished(by: string, pull: { number: number }, report: WorkText): Message {
  return { marker, body: `✅ **Codegen finished @${by}'s task**: #${pull.number}.\n\n${workText(report)}` };
}

/** The budget ended the work: what there is of it is published, as a draft. */
export function agentUnfinished(by: string, pull: { number: number }, report: WorkText): Message {
  return {
    marker,
    body: `⚠️ **Codegen stopped before @${by}'s task was done.** What there is of it is in #${pull.number}, a draft.\n\n${workText(report)}\n\n\`/codegen run\` on this issue goes on from there.`,
  };
}

export function agentFailed(by: string, reason: string): Message {
  return {
    marker,
    body: `❌ **The work could not be finished.** ${prose(reason)}\n\nNothing was merged. @${by}, comment \`/codegen run\` to try again, or \`/codegen help\` for what else works.`,
  };
}

/** Said once, however often the agent is asked in vain. */
export function agentParked(by: string, reason: string): Message {
  return {
    marker,
    body: `⏸️ **The work waits.** ${prose(reason)}\n\nIt goes on by itself as soon as the agent can be had again, for a day at most. @${by}, \`/codegen cancel\` ends it.`,
  };
}

/** @param why our own sentence, with who asked for it */
export function agentCancelled(why: string, left: LeftBehind | null): Message {
  return { marker, body: `⏹️ **The work was cancelled.** ${why} ${leftSentence(left, "committed")}` };
}

/** What a cancelled run had pushed already and cannot be taken back unseen. */
export interface LeftBehind {
  readonly commit: string;
  readonly branch: string;
  readonly pull: number | null;
}

export function leftSentence(left: LeftBehind | null, done: "committed" | "pushed"): string {
  if (left === null) return `Nothing was ${done} by this run.`;
  const { commit, branch, pull } = left;
  return pull === null
    ? `Its commit ${commit} stays on the branch ${code(branch)}, since somebody has built on it.`
    : `Its commit ${commit} is in #${pull} already: \`/codegen revert\` there undoes it.`;
}

/** The agent ended without changing a file: said, never hidden. */
export function agentChangedNothing(by: string, report: WorkText): Message {
  return {
    marker,
    body: `⚠️ **No file was changed**, so there is no pull.\n\n${workText(report)}\n\n@${by}, \`/codegen run\` and a sentence about what is missing may help.`,
  };
}

export interface WorkText {
  readonly summary: string;
  readonly changed: readonly string[];
  readonly outsidePlan: readonly string[];
  readonly refused: readonly { readonly path: string; readonly reason: string }[];
  readonly testsRun: readonly string[];
  /** The repository's own commands, as they ended on the result. */
  readonly checked: readonly CheckedText[];
  /** Where tests or checks were made weaker. */
  readonly weakened: readonly WeakenedText[];
  readonly openPoints: readonly string[];
  readonly usage: string;
}

export interface CheckedText {
  readonly name: string;
  readonly ok: boolean;
  readonly end: string;
  readonly code: number | null;
}

export interface WeakenedText {
  readonly path: string;
  readonly line: number | null;
  readonly why: string;
}

export interface FailedSetupText {
  readonly command: string;
  readonly end: string;
  readonly exit: number | null;
  readonly output: string;
  /** What it wanted of the network in vain. */
  readonly network?: NetworkText;
}

/**
 * Why an agent was not started: the repository's own set-up does not succeed.
 * @param secrets those of the set-up: before an agent it has to do without them
 */
export function setupFailed(
  { command, end, exit, output, network }: FailedSetupText,
  secrets: readonly string[],
): string {
  const how = end === "exited" ? `exit code ${exit}` : plain(end);
  const without =
    secrets.length === 0
      ? ""
      : ` Agents get no secrets, so it ran without ${secrets.map((name) => code(name)).join(", ")}; let it succeed without them where an agent is to work.`;
  const said = `The set-up command ${code(command)} did not succeed (${how}), so the agent was not started.${without}`;
  const missed = network === undefined ? [] : networkParagraphs(command, network);
  return [said, ...missed, fenced(output.slice(-600))].join("\n\n");
}

/** The commit of finished work: `subject` on one line, the summary, and the issue that it is about. */
export function commitMessage(text: { title: string; summary: string; issue: number }): {
  subject: string;
  body: string;
} {
  return {
    subject: commitText(text.title).replaceAll(/\s+/g, " ").trim(),
    body: `${commitText(text.summary)}\n\nRefs #${text.issue}`.trim(),
  };
}

/** The body of the pull: what closes, what was done (in the repository's own template where it has one), the plan. */
export function pullBody(text: {
  issue: number;
  requester: string;
  plan: string | null;
  report: WorkText;
  /** The repository's template, filled in. */
  description: string | null;
  /** The template as it is, for a person to fill in. It comes from the base branch. */
  template: string | null;
}): string {
  const report = workText(text.report);
  const parts =
    text.description === null
      ? [`Closes #${text.issue}`, report]
      : [`Closes #${text.issue}`, prose(text.description), details("What Codegen did", report)];
  if (text.plan) parts.push(details("The plan", prose(text.plan)));
  if (text.template !== null && text.description === null) parts.push(text.template.trim());
  parts.push(`Asked for by @${text.requester} in #${text.issue}.`);
  return shorten(parts.join("\n\n"), maxBody);
}

/** A line of the commit's message by which GitHub shows a second author. */
export function coAuthor(who: { id: number; login: string }, webUrl: string): string {
  return `Co-authored-by: ${who.login} <${who.id}+${who.login}@users.noreply.${new URL(webUrl).hostname}>`;
}

/** `codegen/issue-12-short-words-of-the-title`; a title without letters of the Latin alphabet gives `work`. */
export function branchName(issue: number, title: string): string {
  const words = title
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 40)
    .replace(/-+$/, "");
  return `${branchPrefix(issue)}${words || "work"}`;
}

/** All branches of an issue begin so. The dash at the end keeps issue 1 apart from issue 12. */
export function branchPrefix(issue: number): string {
  return `codegen/issue-${issue}-`;
}

export function workText(report: WorkText): string {
  const parts = [prose(report.summary)];
  if (report.changed.length > 0) parts.push(`**Changed files**\n${list(report.changed.map(code))}`);
  if (report.outsidePlan.length > 0)
    parts.push(`⚠️ **Not in the plan, please look closely**\n${list(report.outsidePlan.map(code))}`);
  if (report.refused.length > 0) {
    parts.push(`⚠️ **Left out**\n${list(report.refused.map((file) => `${code(file.path)}: ${plain(file.reason)}`))}`);
  }
  if (report.weakened.length > 0) parts.push(weakenedText(report.weakened));
  if (report.checked.length > 0) parts.push(`**Checked before the push**\n${list(report.checked.map(checkedText))}`);
  if (report.testsRun.length > 0) parts.push(`**Tests run**\n${list(report.testsRun.map(sentence))}`);
  if (report.openPoints.length > 0) parts.push(`**Open points**\n${list(report.openPoints.map(sentence))}`);
  parts.push(`<sub>${plain(report.usage)}</sub>`);
  return parts.join("\n\n");
}

function checkedText({ name, ok, end, code: exit }: CheckedText): string {
  if (ok) return `✅ ${plain(name)}`;
  return `❌ ${plain(name)} (${exit === null ? plain(end) : `exit code ${exit}`})`;
}

/** Where tests or checks became weaker, for the person who has to judge it. */
function weakenedText(weakened: readonly WeakenedText[]): string {
  const rows = weakened
    .slice(0, mostWeakened)
    .map(({ path, line, why }) => `${code(line === null ? path : `${path}:${line}`)}: ${plain(why)}`);
  const more = weakened.length > mostWeakened ? [`and ${weakened.length - mostWeakened} more`] : [];
  return `⚠️ **Tests or checks became weaker, a person has to look**\n${list([...rows, ...more])}`;
}

const mostWeakened = 20;
