import { RE2JS } from "re2js";
import { severityOf, type PrintedProblem, type ProblemMatcher, type ProblemPattern } from "./problem-matcher.ts";

type Groups = readonly (string | undefined)[];
type Match = (line: string) => Groups | null;
type Read = Omit<PrintedProblem, "owner" | "severity" | "message"> & {
  readonly severity?: string | undefined;
  readonly message?: string | undefined;
};

interface Running {
  readonly matcher: ProblemMatcher;
  readonly matches: readonly Match[];
  /** What the patterns up to the one of this index have read, while the lines before matched them. */
  state: (Read | null)[];
}

/** Reads one line after the other; a problem comes with the line that completes it. */
export interface LineReader {
  read(line: string): PrintedProblem | null;
}

/** For matchers of ours: the language's own engine, which is fast and can be made slow by a pattern. */
export function ownMatch(regexp: string): Match {
  const pattern = new RegExp(regexp, "u");
  return (line) => pattern.exec(line);
}

/** What patterns of others may cost: characters times instructions of the slow engine, 15 ns each at worst. */
export interface Effort {
  left: number;
}

/**
 * For matchers of others: RE2's engine, whose time is the line's length times the program's size at most. Whether a line matches is known about
 * 20 times sooner than where its groups are, so that is asked first. `effort` is used up by both; with nothing left, nothing matches.
 */
export function foreignMatch(regexp: string, effort: Effort): Match {
  const pattern = RE2JS.compile(RE2JS.translateRegExp(regexp));
  const size = pattern.programSize();
  return (line) => {
    if (effort.left <= 0) return null;
    effort.left -= (line.length + 20) * (1 + size / 20);
    if (!pattern.test(line)) return null;
    effort.left -= line.length * size;
    const found = pattern.matcher(line);
    if (!found.find()) return null;
    return Array.from({ length: found.groupCount() + 1 }, (_, group) => found.group(group) ?? undefined);
  };
}

/**
 * Runs matchers as GitHub's runner does: a line belongs to the first matcher that it completes a problem for, and what the others had begun is
 * forgotten; a matcher begins anew at any line; `loop` keeps what came before the last pattern.
 */
export function readLines(matchers: readonly (readonly [ProblemMatcher, (regexp: string) => Match])[]): LineReader {
  const running = matchers.map(([matcher, compile]): Running => ({
    matcher,
    matches: matcher.pattern.map(({ regexp }) => compile(regexp)),
    state: [],
  }));
  let dull: string | undefined;
  return {
    read: (line) => {
      // Programs that flood repeat themselves. What began nothing where nothing had begun does not the next time.
      if (line === dull) return null;
      dull = undefined;
      for (const one of running) {
        // Outputs can be millions of empty lines, and no problem begins with one.
        if (line === "" && one.state.length === 0) continue;
        const problem = advance(one, line);
        if (problem === null) continue;
        for (const other of running) if (other !== one) other.state = [];
        return problem;
      }
      if (running.every(({ state }) => state.every((read) => read === null))) dull = line;
      return null;
    },
  };
}

function advance(running: Running, line: string): PrintedProblem | null {
  const { matcher, matches, state } = running;
  const last = matches.length - 1;
  for (let index = last; index >= 0; index--) {
    const before = index === 0 ? {} : state[index - 1];
    const pattern = matcher.pattern[index];
    if (before === undefined || before === null || pattern === undefined) continue;
    const groups = matches[index]?.(line) ?? null;
    if (groups === null) {
      if (last > 0) state[index === last ? index - 1 : index] = null;
    } else if (index < last) {
      state[index] = readGroups(before, pattern, groups);
    } else {
      running.state = [];
      if (pattern.loop === true && index > 0) running.state[index - 1] = before;
      return problemOf(matcher, readGroups(before, pattern, groups));
    }
  }
  if (state.every((read) => read === null)) running.state = [];
  return null;
}

function readGroups(before: Read, pattern: ProblemPattern, groups: Groups): Read {
  const group = (index: number | undefined) => (index === undefined ? undefined : groups[index]);
  return {
    file: group(pattern.file) ?? before.file,
    fromPath: group(pattern.fromPath) ?? before.fromPath,
    line: group(pattern.line) ?? before.line,
    severity: group(pattern.severity) ?? before.severity,
    code: group(pattern.code) ?? before.code,
    message: group(pattern.message) ?? before.message,
  };
}

function problemOf(matcher: ProblemMatcher, read: Read): PrintedProblem | null {
  if (read.message === undefined) return null;
  return {
    ...read,
    owner: matcher.owner,
    message: read.message,
    severity: severityOf(read.severity) ?? severityOf(matcher.severity) ?? "failure",
  };
}
