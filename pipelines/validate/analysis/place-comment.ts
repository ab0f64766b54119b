import type { CodeFinding } from "../../../src/code/finding.ts";
import type { Hunk } from "../../../src/github/pull-hunks.ts";
import { findingComment } from "../../../src/messages/finding-comment.ts";
import type { WantedComment } from "./threads.ts";

/**
 * A finding as a comment: with a suggestion where the diff shows the lines that it replaces, otherwise at the first line of the finding that
 * the diff shows. Notices are not worth a comment.
 * @param hunks the pieces of the file that the diff shows
 */
export function placeComment(finding: CodeFinding, hunks: readonly Hunk[]): WantedComment {
  const { path, fingerprint, severity, fix, startLine, endLine } = finding;
  const holds = (start: number, end: number) => hunks.some((hunk) => hunk.start <= start && end <= hunk.end);
  if (fix !== undefined && fix.startLine <= fix.endLine && holds(fix.startLine, fix.endLine)) {
    const place = severity === "notice" ? null : { path, startLine: fix.startLine, line: fix.endLine };
    return { fingerprint, message: findingComment(finding, fix.lines), place };
  }
  const line = hunks
    .filter((hunk) => hunk.start <= endLine && startLine <= hunk.end)
    .map(({ start }) => Math.max(start, startLine))
    .reduce<number | null>((least, each) => (least === null ? each : Math.min(least, each)), null);
  const place = severity === "notice" || line === null ? null : { path, startLine: line, line };
  return { fingerprint, message: findingComment(finding, null), place };
}
