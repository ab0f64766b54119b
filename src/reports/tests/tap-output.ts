import { tapDetails, type TapDetails } from "./tap-details.ts";
import { countWords, createTally, type Tally, type TestResults } from "./test-results.ts";

const point = /^( *)(not )?ok(?: (\d{1,9}))?(?: - | |$)(.*)$/;
const count = /^# (pass|fail|cancelled|skipped|todo) +(\d{1,9})$/;
const plan = /^1\.\.(\d{1,9})\b/;
const version = /^TAP version 1[34]$/;
const deepest = 200;
const testFile = /^\S+\.[cm]?[jt]sx?$/;

/** A subtest whose points come: it is named before them (`# Subtest:`, `{`) or after them. */
interface Subtest {
  readonly indent: number;
  readonly name: string;
  tests: number;
  failed: number;
}

interface State {
  readonly tally: Tally;
  open: Subtest[];
  /** Of the stream that is read: the points it has had at its outermost level, and how many it says there are. */
  points: number;
  planned: number | null;
  broken: boolean;
}

/**
 * Reads the Test Anything Protocol, versions 13 and 14 (testanything.org), with subtests as node, node-tap and vitest write them; null when it is
 * something else. A failed suite counts only when none of its tests has failed.
 */
export function readTap(lines: readonly string[]): TestResults | null {
  if (!isTap(lines)) return null;
  const state: State = { tally: createTally(), open: [], points: 0, planned: null, broken: false };
  for (let at = 0; at < lines.length; at += 1) at = readLine(state, lines, at);
  endStream(state);
  const counts = lines.flatMap((line) => {
    const [, word, digits] = count.exec(line) ?? [];
    return word === undefined ? [] : [`${digits} ${word}`];
  });
  // Node and tape write them at the end, so they are there even when the beginning is not.
  if (counts.length > 1) return state.tally.results({ truncated: false, counts: countWords(counts) });
  return state.tally.results({ truncated: state.broken });
}

function isTap(lines: readonly string[]): boolean {
  if (lines.some((line) => version.test(line))) return true;
  const numbers = lines.flatMap((line) => (/^(?:not )?ok \d/.test(line) ? [Number(point.exec(line)?.[3])] : []));
  if (numbers.length === 0) return false;
  // What is left of a run that was cut: the rest of a suite, then its end.
  if (lines.some((line) => plan.test(line) || /^ {4,}(?:not )?ok \d+ - /.test(line))) return true;
  return numbers.length > 1 && numbers.every((number, at) => at === 0 || number === (numbers[at - 1] ?? 0) + 1);
}

/** Takes one line, or a point with what is said of it. Gives the index of the last line it took. */
function readLine(state: State, lines: readonly string[], at: number): number {
  const line = lines[at] ?? "";
  if (version.test(line)) endStream(state);
  const planned = plan.exec(line)?.[1];
  if (planned !== undefined) state.planned = Number(planned);
  const subtest = /^( *)# Subtest: (.*)$/.exec(line);
  if (subtest !== null) open(state, subtest[1]?.length ?? 0, unescaped(subtest[2] ?? ""));
  const bail = /^Bail out!(.*)$/.exec(line);
  if (bail !== null) {
    state.broken = true;
    state.tally.fail({ name: ["Bail out!"], file: null, lines: [bail[1] ?? ""] });
  }
  const found = point.exec(line);
  if (found === null) return at;
  const [, { length: indent } = "", not, digits, text = ""] = found;
  if (indent === 0) {
    if (digits !== undefined && Number(digits) !== state.points + 1) state.broken = true;
    state.points += 1;
  }
  const end = /^\s*---$/.test(lines[at + 1] ?? "") ? lastOfBlock(lines, at + 1) : at;
  readPoint(state, { indent, ok: not === undefined, text, details: () => tapDetails(lines.slice(at + 2, end)) });
  return end;
}

function readPoint(
  state: State,
  { indent, ok, text, details }: { indent: number; ok: boolean; text: string; details: () => TapDetails },
): void {
  const [, directive] = /(?<!\\)# (skip|todo)\b/i.exec(text) ?? [];
  const begins = text.endsWith(" {");
  const name = unescaped(
    text
      .replace(/ \{$/, "")
      .replace(/ # time=.*$/, "")
      .replace(/ ?(?<!\\)# (?:skip|todo)\b.*$/i, ""),
  );
  const own = state.open.find((each) => each.indent === indent && each.tests > 0);
  state.open = state.open.filter((each) => each.indent < indent);
  if (begins) {
    open(state, indent, name);
    return;
  }
  const failed = !ok && directive === undefined && (own === undefined || own.failed === 0);
  for (const each of state.open) {
    each.tests += 1;
    if (failed) each.failed += 1;
  }
  if (failed) {
    const { file, line, lines } = details();
    const path = [...state.open.map((each) => each.name), ...flat(name)];
    // Vitest makes of each file a suite.
    const inside = path.length > 1 && testFile.test(path[0] ?? "");
    const parts = (inside ? path.slice(1) : path).map((part) => part || "unnamed test");
    state.tally.fail({ name: parts, file: file ?? (inside ? (path[0] ?? null) : null), line, lines });
  } else if (own === undefined && directive !== undefined) state.tally.skip();
  else if (own === undefined) state.tally.pass();
}

/** Vitest's flat form joins file, suites and test. */
function flat(name: string): readonly string[] {
  const parts = name.split(" > ");
  return testFile.test(parts[0] ?? "") ? parts : [name];
}

function open(state: State, indent: number, name: string): void {
  state.open = state.open.filter((each) => each.indent < indent).slice(0, deepest);
  state.open.push({ indent, name, tests: 0, failed: 0 });
}

function endStream(state: State): void {
  if (state.points > 0 && state.planned !== state.points) state.broken = true;
  [state.open, state.points, state.planned] = [[], 0, null];
}

/** Where the block of details ends that begins here; without an end, it ends before the next point. */
function lastOfBlock(lines: readonly string[], start: number): number {
  const indent = (lines[start] ?? "").search(/\S/);
  for (let at = start + 1; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (line.trim() === "..." && line.search(/\S/) === indent) return at;
    if (point.test(line) && line.search(/\S/) < indent) return at - 1;
  }
  return lines.length - 1;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\([\\#])/g, "$1").trim();
}
