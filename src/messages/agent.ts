import { shorten } from "./balance.ts";
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

export function agentCancelled(by: string): Message {
  return { marker, body: `⏹️ The work was cancelled by @${by}. Nothing was committed by this run.` };
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
  readonly openPoints: readonly string[];
  readonly usage: string;
}

/** Why an agent was not started: the repository's own set-up does not succeed. */
export function setupFailed(command: string, end: string, exit: number | null, output: string): string {
  const how = end === "exited" ? `exit code ${exit}` : plain(end);
  return `The set-up command ${code(command)} did not succeed (${how}), so the agent was not started.\n\n${fenced(output.slice(-600))}`;
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

/** The body of the pull: what closes, the plan's problem, what was done. */
export function pullBody(text: { issue: number; requester: string; plan: string | null; report: WorkText }): string {
  const parts = [`Closes #${text.issue}`, workText(text.report)];
  if (text.plan) parts.push(details("The plan", prose(text.plan)));
  parts.push(`Asked for by @${text.requester} in #${text.issue}.`);
  return shorten(parts.join("\n\n"), maxBody);
}

/** `codegen/issue-12-short-words-of-the-title`; a title without letters of the Latin alphabet gives `work`. */
export function branchName(issue: number, title: string): string {
  const words = title
    .normalize("NFKD")
    .toLowerCase()
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

function workText(report: WorkText): string {
  const parts = [prose(report.summary)];
  if (report.changed.length > 0) parts.push(`**Changed files**\n${list(report.changed.map(code))}`);
  if (report.outsidePlan.length > 0)
    parts.push(`⚠️ **Not in the plan, please look closely**\n${list(report.outsidePlan.map(code))}`);
  if (report.refused.length > 0) {
    parts.push(`⚠️ **Left out**\n${list(report.refused.map((file) => `${code(file.path)}: ${plain(file.reason)}`))}`);
  }
  if (report.testsRun.length > 0) parts.push(`**Tests run**\n${list(report.testsRun.map(sentence))}`);
  if (report.openPoints.length > 0) parts.push(`**Open points**\n${list(report.openPoints.map(sentence))}`);
  parts.push(`<sub>${plain(report.usage)}</sub>`);
  return parts.join("\n\n");
}
