import { createHash } from "node:crypto";
import { lasting } from "../../domain/failure-identity.ts";
import { terminalLines } from "../../domain/terminal-text.ts";
import type { Finding, Severity } from "../../domain/verdict.ts";
import { builtInMatchers } from "./built-in.ts";
import { foreignMatch, ownMatch, readLines, type Effort } from "./match-lines.ts";
import type { PrintedProblem, ProblemMatcher } from "./problem-matcher.ts";
import { readWorkflowCommands } from "./workflow-commands.ts";
import { workspaceFile } from "../workspace-file.ts";

/** Problems that a command printed. */
export interface Problems {
  /** By file and line, at most 1,000. */
  readonly findings: readonly Finding[];
  /** How many different ones there were. */
  readonly total: number;
  /** False when the output, or the work that the repository's matchers asked for, was more than is read. */
  readonly complete: boolean;
}

const mostCharacters = 16_000_000;
const piece = 200_000;
const longestLine = 2000;
const longestMessage = 1000;
const mostFindings = 1000;
const lastLine = 10_000_000;
const foreignEffort = 150_000_000;
const mostLines = 1_000_000;

type Located = Omit<Finding, "fingerprint">;

/**
 * The problems in what a command printed to its terminal, with a place in the workspace: as well-known tools print them (`built-in.ts`), as
 * `matchers` of the repository say, and as GitHub's workflow commands. Of more than 16 million characters the end is read, lines count up to
 * 2,000 characters, and at most a million lines that say something. The same problem at the same place counts once. Never throws on what is in `output`; linear in its length.
 */
export function readProblems(output: string, matchers: readonly ProblemMatcher[] = []): Problems {
  const effort: Effort = { left: foreignEffort };
  const commands = readWorkflowCommands();
  const lines = readLines([
    ...matchers.map((matcher) => [matcher, (regexp: string) => foreignMatch(regexp, effort)] as const),
    ...builtInMatchers.map((matcher) => [matcher, ownMatch] as const),
  ]);
  const seen = new Set<string>();
  let lineCount = 0;
  const kept = new Map<string, Located>();
  for (const line of linesOf(output.slice(-mostCharacters))) {
    if (line !== "" && ++lineCount > mostLines) break;
    const printed = commands.read(line) ?? lines.read(line);
    const located = printed === null ? null : locate(printed);
    if (located === null) continue;
    const key = JSON.stringify([located.rule, located.file, located.startLine, located.endLine, located.message]);
    seen.add(key);
    const before = kept.get(key);
    if (before !== undefined) kept.set(key, { ...before, severity: worse(before.severity, located.severity) });
    else if (kept.size < mostFindings) kept.set(key, located);
  }
  return {
    findings: withFingerprints([...kept.values()]),
    total: seen.size,
    complete: output.length <= mostCharacters && lineCount <= mostLines && effort.left > 0,
  };
}

/** In pieces, so that an output of many lines does not stand in memory several times. */
function* linesOf(output: string): Generator<string> {
  for (let start = 0; start < output.length;) {
    const newline = output.indexOf("\n", start + piece);
    const end = newline < 0 ? output.length : newline;
    yield* terminalLines(output.slice(start, end), { most: Infinity, longest: longestLine });
    start = end + 1;
  }
}

function locate(printed: PrintedProblem): Located | null {
  const folder = printed.fromPath === undefined ? "." : printed.fromPath.replace(/[^/]*$/, "");
  const file = printed.file === undefined ? null : workspaceFile(printed.file, folder || ".");
  const message = printed.message.replaceAll(/(?![\n\t])\p{Cc}/gu, "").trim();
  const startLine = lineNumber(printed.line ?? "1");
  if (file === null || message === "" || startLine === null) return null;
  const code = printed.code?.replaceAll(/\s+/g, " ").trim().slice(0, 100).toWellFormed() ?? "";
  return {
    rule: code === "" ? printed.owner : `${printed.owner}/${code}`,
    severity: printed.severity,
    file,
    startLine,
    endLine: Math.max(startLine, lineNumber(printed.endLine ?? "") ?? startLine),
    message: message.length > longestMessage ? `${message.slice(0, longestMessage).toWellFormed()}…` : message,
  };
}

/** Tools say line 0 for the whole file. */
function lineNumber(text: string): number | null {
  const line = /^\d{1,10}$/.test(text.trim()) ? Math.max(1, Number(text)) : null;
  return line === null || line > lastLine ? null : line;
}

/** The same problem keeps its fingerprint when lines before it come and go; the second of its kind in a file has another than the first. */
function withFingerprints(located: readonly Located[]): readonly Finding[] {
  const times = new Map<string, number>();
  return located
    .toSorted((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.startLine - b.startLine))
    .map((finding) => {
      const said = JSON.stringify([finding.rule, finding.file, lasting(finding.message, "reason")]);
      const time = times.get(said) ?? 0;
      times.set(said, time + 1);
      return { ...finding, fingerprint: createHash("sha256").update(`${said}${time}`).digest("hex").slice(0, 32) };
    });
}

function worse(one: Severity, other: Severity): Severity {
  const order: readonly Severity[] = ["notice", "warning", "failure"];
  return order.indexOf(one) > order.indexOf(other) ? one : other;
}
