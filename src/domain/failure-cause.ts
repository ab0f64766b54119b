import { hashOfSet, lasting } from "./failure-identity.ts";
import { isNoise, kindOfLine, type LineKind } from "./failure-lines.ts";
import { terminalLines } from "./terminal-text.ts";

export interface FailedCommand {
  /** The command's name in `.codegen.yml`. */
  readonly name: string;
  /** The command line. */
  readonly run: string;
  /** How it ended, as the sandbox says it: `exited`, `timed-out`, `out-of-memory`, … */
  readonly end: string;
  /** Its exit code when it ended by itself, else null. */
  readonly code: number | null;
  /** The end of what it printed. Anybody may have written it. */
  readonly tail: string;
}

export interface FailureCause {
  /** At most 4,000 characters: how it ended, then the lines that say what failed and why, the first failure first. */
  readonly excerpt: string;
  /** SHA-256 in hex. The same for the same failure, whatever times, paths, places, numbers or order its output has; another for another one. */
  readonly fingerprint: string;
}

interface Anchor {
  readonly at: number;
  readonly kind: LineKind;
  /** What the line says, without what differs between two runs. */
  readonly says: string;
}

const room = { excerpt: 4_000, block: 1_400, others: 700 };
/** Ends that came from outside of the command. */
const stopped: readonly string[] = ["timed-out", "out-of-memory", "disk-limit", "output-limit", "cancelled", "killed"];
const context = { before: 2, after: 14, fallback: 40 };

/**
 * The cause of a failed command, instead of its log: for the next attempt to mend it, and to tell whether that attempt fails in the same way.
 * Knows what test runners, compilers, linters and languages print; of other output it takes the last 40 lines. Linear in the output's length.
 */
export function causeOf(command: FailedCommand): FailureCause {
  const lines = terminalLines(command.tail);
  const all = anchorsOf(lines);
  const telling = all.filter(({ kind }) => kind === "test" || kind === "error");
  const anchors = telling.length > 0 ? all.filter(({ kind }) => kind !== "aside") : all;
  const body = anchors.length > 0 ? blocks(lines, anchors) : last(lines);
  const end = command.code === null ? command.end : `${command.end} ${command.code}`;
  const excerpt = `$ ${terminalLines(command.run).join(" ").slice(0, 200).toWellFormed()} (${end})\n${body}`.trimEnd();
  return { excerpt: excerpt.slice(0, room.excerpt).toWellFormed(), fingerprint: fingerprint(command, lines, anchors) };
}

function anchorsOf(lines: readonly string[]): readonly Anchor[] {
  let heading = "";
  return lines.flatMap((line, at) => {
    // ESLint and its kin name the file once, above its problems.
    if (/^[^\s:]\S*\.\w{1,6}$/.test(line)) heading = line;
    const kind = kindOfLine(line);
    if (kind === null) return [];
    const says = lasting(line, kind === "test" ? "test" : "reason");
    return [{ at, kind, says: /^\s+\d+:\d+\s/.test(line) ? `${lasting(heading, "reason")} ${says}` : says }];
  });
}

function firstOfEach(anchors: readonly Anchor[]): readonly Anchor[] {
  const seen = new Set<string>();
  return anchors.filter(({ says }) => !seen.has(says) && seen.add(says));
}

/** The anchors with what stands around them, as far as there is room, then those for which there was none, a line each. */
function blocks(lines: readonly string[], anchors: readonly Anchor[]): string {
  const starts = new Set(anchors.flatMap(({ at, kind }) => (kind === "test" ? [at] : [])));
  const taken = new Set<number>();
  const left: Anchor[] = [];
  let spent = 0;
  for (const anchor of firstOfEach(anchors)) {
    if (taken.has(anchor.at)) continue;
    const block = around(lines, anchor, starts).filter((at) => !taken.has(at));
    const size = block.reduce((sum, at) => sum + (lines[at] ?? "").length + 1, 2);
    if (left.length > 0 || spent + size > room.excerpt - room.others - 300) left.push(anchor);
    else {
      spent += size;
      for (const at of block) taken.add(at);
    }
  }
  return [
    written(
      lines,
      [...taken].toSorted((a, b) => a - b),
    ),
    also(lines, left),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function around(lines: readonly string[], { at, kind }: Anchor, starts: ReadonlySet<number>): readonly number[] {
  const found: number[] = [];
  const before = kind === "error" ? context.before : 0;
  for (let line = Math.max(0, at - before); line < at; line += 1) found.push(line);
  let size = 0;
  for (let line = at; line < lines.length && line <= at + context.after; line += 1) {
    const text = lines[line] ?? "";
    const over = line > at && (starts.has(line) || size + text.length > room.block);
    if (over || (line > at + 1 && text === "" && lines[line - 1] === "" && lines[line - 2] === "")) break;
    size += text.length;
    found.push(line);
  }
  return found.filter((line) => (lines[line] ?? "") !== "" && !isNoise(lines[line] ?? ""));
}

/** Lines in their order, a gap shown as `…`, the same line again and again as one. */
function written(lines: readonly string[], taken: readonly number[]): string {
  const out: { text: string; times: number }[] = [];
  let previous: number | undefined;
  for (const at of taken) {
    const text = lines[at] ?? "";
    const skipped =
      previous !== undefined && lines.slice(previous + 1, at).some((line) => line !== "" && !isNoise(line));
    if (skipped) out.push({ text: "…", times: 1 });
    const top = out.at(-1);
    if (top?.text === text) top.times += 1;
    else out.push({ text, times: 1 });
    previous = at;
  }
  return out.map(({ text, times }) => (times > 1 ? `${text} (${times} times)` : text)).join("\n");
}

function also(lines: readonly string[], left: readonly Anchor[]): string {
  const names = left.filter(({ kind }) => kind === "test");
  const out: string[] = [];
  let size = 0;
  const listed = names.length > 0 ? names : left;
  for (const { at } of listed) {
    const line = (lines[at] ?? "").trim().slice(0, 160).toWellFormed();
    size += line.length + 1;
    if (size > room.others) break;
    out.push(line);
  }
  const more = listed.length - out.length;
  return [...(left.length > 0 ? ["… also:"] : []), ...out, ...(more > 0 ? [`… and ${more} more`] : [])].join("\n");
}

function last(lines: readonly string[]): string {
  const kept: string[] = [];
  let size = 0;
  for (const line of lines
    .filter((text) => text.trim() !== "")
    .slice(-context.fallback)
    .toReversed()) {
    size += line.length + 1;
    if (size > room.excerpt - 300) break;
    kept.push(line);
  }
  return kept.toReversed().join("\n");
}

function fingerprint({ name, end }: FailedCommand, lines: readonly string[], anchors: readonly Anchor[]): string {
  const said = anchors.filter(({ kind }) => kind !== "lead").map(({ says }) => says);
  if (said.length > 0) return hashOfSet([name, end], said);
  // How far a command came before it was stopped differs each time.
  if (stopped.includes(end)) return hashOfSet([name, end], []);
  const rest = lines.filter((line) => line.trim() !== "").slice(-context.fallback);
  return hashOfSet(
    [name, end],
    rest.map((line) => lasting(line, "reason")),
  );
}
