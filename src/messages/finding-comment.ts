/** What stands at lines of a pull about one finding: the review comment, and what becomes of it. */
import { code, fenced, prose, sentence } from "./markdown.ts";
import type { Message } from "./message.ts";

export interface FindingText {
  readonly rule: string;
  readonly severity: "notice" | "warning" | "error";
  readonly message: string;
  readonly cwe?: number | undefined;
  readonly fingerprint: string;
}

export const severityMark = { error: "❌", warning: "⚠️", notice: "ℹ️" } as const;

/** What stands in the marker of a comment about a finding: it is there, was declined, or has gone. */
type CommentState = "finding" | "declined" | "gone";

function findingMarker(state: CommentState, fingerprint: string): string {
  return `${state}-${fingerprint}`;
}

const marked = /<!-- codegen:message:(finding|declined|gone)-([0-9A-Za-z]+) -->\s*$/;

/** What a comment of ours is about; null for any other. Whether it is ours, its author says. */
export function readFindingMarker(body: string): { state: CommentState; fingerprint: string } | null {
  const [, state, fingerprint] = marked.exec(body) ?? [];
  if (fingerprint === undefined) return null;
  return { state: state === "finding" || state === "gone" ? state : "declined", fingerprint };
}

/** @param lines what is to stand in the place of the commented lines; null where nothing can be suggested */
export function findingComment(finding: FindingText, lines: readonly string[] | null): Message {
  const { rule, severity, message, cwe, fingerprint } = finding;
  const weakness =
    cwe === undefined ? [] : [`[CWE-${cwe}](https://cwe.mitre.org/data/definitions/${Math.trunc(cwe)}.html)`];
  const block = lines === null ? null : suggestion(lines);
  const body = [
    [`${severityMark[severity]} **${severity}**`, code(rule), ...weakness].join(" · "),
    prose(message),
    ...(block === null ? [] : [block]),
    "<sub>Not worth a change? A maintainer answers `/codegen decline` and why.</sub>",
  ];
  return { marker: findingMarker("finding", fingerprint), body: body.join("\n\n") };
}

/** The comment of a finding that is no longer there; its thread is resolved. */
export function goneComment(before: string, fingerprint: string, head: string): Message {
  const what = (before.split("\n\n")[0] ?? "").replace(/^\S+ (?=\*\*)/, "");
  return {
    marker: findingMarker("gone", fingerprint),
    body: `✅ **Gone** at ${code(head.slice(0, 7))}: this pull no longer adds it.\n\n<sub>It was: ${sentence(what)}</sub>`,
  };
}

/** The answer below a finding that somebody with write access declined. */
export function findingDeclined(by: string, reason: string, fingerprint: string): Message {
  const why = reason.trim() === "" ? "." : `: ${sentence(reason)}`;
  return {
    marker: findingMarker("declined", fingerprint),
    body: `🤝 Declined by @${by}${why}\n\nIt no longer counts on this pull. Opening this conversation again takes that back.`,
  };
}

/** `/codegen decline` somewhere else than below a finding. */
export function nothingToDecline(marker: string, by: string): Message {
  return {
    marker,
    body: `@${by}, \`/codegen decline\` belongs below one of my review comments about a finding, so nothing was declined. What has no comment can be let be in the code: \`codegen:ignore rule -- reason\`.`,
  };
}

/** The text of the review that holds the comments of one head. */
export function findingsReview(head: string, shown: number, all: number): Message {
  const rest = all > shown ? ` The check names all ${all}.` : "";
  const what = shown === 1 ? "One thing" : `${shown} things`;
  return {
    marker: `findings-${head}`,
    body: `🔎 ${what} that this pull adds, at ${code(head.slice(0, 7))}.${rest}`,
  };
}

/** GitHub offers it as a change to apply: it must be the lines exactly. Null where cleaning would change them. */
function suggestion(lines: readonly string[]): string | null {
  if (lines.length === 0) return "```suggestion\n```";
  const text = lines.join("\n");
  const block = fenced(text, "suggestion");
  return block.includes(`suggestion\n${text}\n`) ? block : null;
}
